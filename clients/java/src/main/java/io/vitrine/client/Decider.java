package io.vitrine.client;

import io.grpc.Context;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.vitrine.v1.DecideRequest;
import io.vitrine.v1.DecideResponse;
import io.vitrine.v1.DecisionServiceGrpc;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Asks for pages, and makes them of the caller's lists when there is no answer. */
final class Decider {
  private final Connection connection;
  private final String site;
  private final Duration timeout;
  private final Breaker breaker;
  private final DecisionServiceGrpc.DecisionServiceBlockingStub blocking;
  private final DecisionServiceGrpc.DecisionServiceStub async;
  private final AtomicLong pages = new AtomicLong();
  private final AtomicLong fallbacks = new AtomicLong();
  private volatile boolean closed;

  Decider(Connection connection, String site, Duration timeout, Breaker breaker) {
    this.connection = connection;
    this.site = site;
    this.timeout = timeout;
    this.breaker = breaker;
    ManagedChannel channel = connection.channel();
    this.blocking = DecisionServiceGrpc.newBlockingStub(channel);
    this.async = DecisionServiceGrpc.newStub(channel);
  }

  Page decide(DecideRequest request, Map<String, List<String>> fallback) {
    pages.incrementAndGet();
    VitrineException no = unasked(request);
    if (no != null) {
      return fallBack(request, fallback, no);
    }
    try {
      DecideResponse response =
          blocking.withDeadlineAfter(timeout.toNanos(), TimeUnit.NANOSECONDS).decide(ours(request));
      breaker.answered();
      return Page.decided(response);
    } catch (RuntimeException e) {
      // gRPC leaves the mark on a thread that was interrupted meanwhile.
      judge(e, Context.current().isCancelled() || Thread.currentThread().isInterrupted());
      return fallBack(request, fallback, VitrineException.of("decide", e));
    }
  }

  CompletableFuture<Page> decideAsync(DecideRequest request, Map<String, List<String>> fallback) {
    pages.incrementAndGet();
    VitrineException no = unasked(request);
    if (no != null) {
      return CompletableFuture.completedFuture(fallBack(request, fallback, no));
    }
    Call call = new Call(request, fallback);
    try {
      async.withDeadlineAfter(timeout.toNanos(), TimeUnit.NANOSECONDS).decide(ours(request), call);
    } catch (RuntimeException e) {
      call.onError(e);
    }
    return call.page;
  }

  /** Why not to ask; null to go ahead. */
  private VitrineException unasked(DecideRequest request) {
    if (request == null) {
      return new VitrineException("INVALID_ARGUMENT", "decide: the request is null", null);
    }
    if (closed) {
      return VitrineException.closed("decide");
    }
    if (Context.current().isCancelled() || Thread.currentThread().isInterrupted()) {
      return new VitrineException("CANCELLED", "decide: the caller gave up before", null);
    }
    if (!breaker.allow()) {
      return new VitrineException(
          VitrineException.NOT_ASKED, "decide: not asked, as the last calls failed", null);
    }
    connection.hurry();
    return null;
  }

  private DecideRequest ours(DecideRequest request) {
    return request.getSite().isEmpty() ? request.toBuilder().setSite(site).build() : request;
  }

  /** Tells the breaker of a failure, unless it says nothing of the server. */
  private void judge(Throwable e, boolean callerGaveUp) {
    if (e instanceof RuntimeException r && Retry.refused(r)) {
      breaker.answered();
    } else if (!callerGaveUp) {
      breaker.failed();
    }
  }

  private Page fallBack(
      DecideRequest request, Map<String, List<String>> fallback, VitrineException why) {
    fallbacks.incrementAndGet();
    return Page.fallback(
        request == null ? DecideResponse.getDefaultInstance() : Fallback.page(request, fallback),
        why);
  }

  long pages() {
    return pages.get();
  }

  long fallbacks() {
    return fallbacks.get();
  }

  void close() {
    closed = true;
  }

  /** One decision under way. Who cancels the page cancels the call. */
  private final class Call implements ClientResponseObserver<DecideRequest, DecideResponse> {
    private final CompletableFuture<Page> page = new CompletableFuture<>();
    private final DecideRequest request;
    private final Map<String, List<String>> fallback;
    private final Context context = Context.current();
    private DecideResponse response;

    Call(DecideRequest request, Map<String, List<String>> fallback) {
      this.request = request;
      this.fallback = fallback;
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<DecideRequest> call) {
      page.whenComplete(
          (done, e) -> {
            if (page.isCancelled()) {
              call.cancel("the caller gave up", null);
            }
          });
    }

    @Override
    public void onNext(DecideResponse answer) {
      response = answer;
    }

    @Override
    public void onError(Throwable e) {
      judge(e, page.isCancelled() || context.isCancelled());
      RuntimeException cause = e instanceof RuntimeException r ? r : new IllegalStateException(e);
      page.complete(fallBack(request, fallback, VitrineException.of("decide", cause)));
    }

    @Override
    public void onCompleted() {
      if (response == null) {
        onError(Status.INTERNAL.withDescription("an answer without a page").asRuntimeException());
        return;
      }
      breaker.answered();
      page.complete(Page.decided(response));
    }
  }
}
