package io.vitrine.client;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.util.concurrent.atomic.AtomicInteger;

/** Loses what a test tells it to, between the client and the real server. */
final class Faults implements ClientInterceptor {
  /** What becomes of the next calls; 0 for none. */
  final AtomicInteger requestsToLose = new AtomicInteger();

  final AtomicInteger answersToLose = new AtomicInteger();
  final AtomicInteger calls = new AtomicInteger();

  @Override
  public <Q, A> ClientCall<Q, A> interceptCall(
      MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
    calls.incrementAndGet();
    boolean request = take(requestsToLose);
    boolean answer = !request && take(answersToLose);
    return new SimpleForwardingClientCall<>(next.newCall(method, options)) {
      @Override
      public void start(Listener<A> listener, Metadata headers) {
        if (request) {
          super.start(new Listener<A>() {}, headers);
          super.cancel("lost", null);
          listener.onClose(Status.UNAVAILABLE.withDescription("lost"), new Metadata());
          return;
        }
        super.start(answer ? withoutAnswer(listener) : listener, headers);
      }

      @Override
      public void sendMessage(Q message) {
        if (!request) {
          super.sendMessage(message);
        }
      }
    };
  }

  private static <A> ClientCall.Listener<A> withoutAnswer(ClientCall.Listener<A> listener) {
    return new SimpleForwardingClientCallListener<>(listener) {
      @Override
      public void onMessage(A message) {}

      @Override
      public void onClose(Status status, Metadata trailers) {
        super.onClose(Status.UNAVAILABLE.withDescription("answer lost"), new Metadata());
      }
    };
  }

  private static boolean take(AtomicInteger budget) {
    return budget.getAndUpdate(n -> Math.max(0, n - 1)) > 0;
  }
}
