package io.vitrine.client;

import com.google.protobuf.Timestamp;
import io.grpc.Channel;
import io.grpc.ChannelCredentials;
import io.grpc.Context;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannelBuilder;
import io.grpc.TlsChannelCredentials;
import io.vitrine.v1.DecideRequest;
import io.vitrine.v1.Event;
import io.vitrine.v1.EventResult;
import io.vitrine.v1.EventServiceGrpc;
import io.vitrine.v1.EventStatus;
import io.vitrine.v1.PlacementRequest;
import io.vitrine.v1.TrackEventRequest;
import io.vitrine.v1.TrackEventsRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * Talks to one Vitrine about one site. Safe for use by many threads, and a program
 * needs no more than one. {@link #close()} must be called to release it, and to have
 * what was tracked delivered.
 */
public final class Vitrine implements AutoCloseable {
  /** What {@link #close()} waits for delivery, and {@link #trackNow(Event)} for an answer. */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  /**
   * Above what the contract's own limits add up to for one event (100 items, 32
   * attributes), and far below the 4 MiB of a gRPC message, which one event too large
   * would keep a whole batch from passing.
   */
  private static final int MAX_EVENT_BYTES = 256 << 10;

  private final String site;
  private final Connection connection;
  private final Duration decideTimeout;
  private final Decider decider;
  private final Tracker tracker;
  private final EventServiceGrpc.EventServiceBlockingStub events;
  private final Context.CancellableContext delivery = Context.ROOT.withCancellation();
  private final AtomicBoolean closed = new AtomicBoolean();

  private Vitrine(Builder o) {
    site = o.site.contains("/") ? o.site : "sites/" + o.site;
    connection = Connection.open(o.target, o.credentials, o.apiKey, o.configure);
    decideTimeout = o.decideTimeout;
    decider = new Decider(connection, site, decideTimeout, new Breaker(System::nanoTime));
    events = EventServiceGrpc.newBlockingStub(connection.channel());
    tracker =
        new Tracker(
            this::send,
            o.maxQueuedEvents,
            o.maxQueuedBytes,
            o.onDrop,
            o.logger,
            System::nanoTime,
            () -> ThreadLocalRandom.current().nextDouble());
    tracker.start();
  }

  /**
   * Begins a client of the server at target.
   *
   * @param target such as {@code localhost:7654} or {@code dns:///vitrine.internal:7654}
   * @return a builder, which needs the site
   */
  public static Builder builder(String target) {
    return new Builder(target);
  }

  /**
   * Fills one placement for a visitor, or, when Vitrine gives no answer in time, with
   * the fallback products. Never throws.
   *
   * @param visitor who looks at the page
   * @param placement the placement's id
   * @param fallback products to show instead
   * @return the page
   */
  public Page decide(Visitor visitor, String placement, List<String> fallback) {
    return decidePage(page(visitor, placement), lists(placement, fallback));
  }

  /**
   * Fills a whole page as the request says; the client's site stands in for an empty
   * one. When Vitrine gives no answer in time the page is made of the fallback lists,
   * which are cut to the count asked for and leave out what the request excludes and
   * what stands on the page already. A placement that Vitrine did answer with too few
   * items stays as it is, with its no_fill_reason. Never throws.
   *
   * @param request the page to fill
   * @param fallback products to show instead, by placement id
   * @return the page
   */
  public Page decidePage(DecideRequest request, Map<String, List<String>> fallback) {
    return decider.decide(request, fallback);
  }

  /**
   * {@link #decide} without waiting. The page completes on a thread of gRPC: hand on
   * to one's own what takes long. Cancelling the future cancels the call.
   *
   * @param visitor who looks at the page
   * @param placement the placement's id
   * @param fallback products to show instead
   * @return the page to be, which never fails
   */
  public CompletableFuture<Page> decideAsync(
      Visitor visitor, String placement, List<String> fallback) {
    return decidePageAsync(page(visitor, placement), lists(placement, fallback));
  }

  /**
   * {@link #decidePage} without waiting, as {@link #decideAsync} does.
   *
   * @param request the page to fill
   * @param fallback products to show instead, by placement id
   * @return the page to be, which never fails
   */
  public CompletableFuture<Page> decidePageAsync(
      DecideRequest request, Map<String, List<String>> fallback) {
    return decider.decideAsync(request, fallback);
  }

  private static DecideRequest page(Visitor visitor, String placement) {
    DecideRequest.Builder request = DecideRequest.newBuilder();
    if (visitor != null) {
      visitor.key().ifPresent(request::setVisitor);
      if (visitor.consent() != null) {
        request.setConsent(visitor.consent());
      }
    }
    return request
        .addPlacements(PlacementRequest.newBuilder().setPlacement(placement == null ? "" : placement))
        .build();
  }

  private static Map<String, List<String>> lists(String placement, List<String> fallback) {
    return placement == null || fallback == null
        ? Map.of()
        : Map.of(Fallback.id(placement), fallback);
  }

  /**
   * Takes an event and returns at once. It is delivered in the background, or handed
   * to {@code onDrop}. An id and the time are assigned if missing.
   *
   * @param event what happened
   */
  public void track(Event event) {
    Event own = identified(event);
    int size = own.getSerializedSize();
    if (size > MAX_EVENT_BYTES) {
      tracker.refuse(own, Drop.Reason.INVALID, tooLarge(own, size));
      return;
    }
    tracker.add(own);
  }

  /**
   * Delivers one event and waits until it is durable, for 10 seconds at most.
   *
   * @param event what happened
   * @return STORED, DUPLICATE or NO_CONSENT
   * @throws VitrineException as {@link #trackNow(Event, Duration)} does
   */
  public EventStatus trackNow(Event event) {
    return trackNow(event, PATIENCE);
  }

  /**
   * Delivers one event and waits until it is durable, retrying under the same id until
   * the time is up. It does not wait for events that {@link #track} took before.
   *
   * @param event what happened
   * @param timeout how long to wait
   * @return STORED, DUPLICATE or NO_CONSENT
   * @throws VitrineException if Vitrine refused the event, or if the time is up
   *     (DEADLINE_EXCEEDED) or the thread interrupted (CANCELLED) before it answered: the
   *     event may have arrived or not
   */
  public EventStatus trackNow(Event event, Duration timeout) {
    if (closed.get()) {
      throw VitrineException.closed("track event");
    }
    Event own = identified(event);
    int size = own.getSerializedSize();
    if (size > MAX_EVENT_BYTES) {
      throw tooLarge(own, size);
    }
    TrackEventRequest request =
        TrackEventRequest.newBuilder().setSite(site).setEvent(own).build();
    String operation = "track event " + own.getId();
    long deadline = System.nanoTime() + TimeUnit.NANOSECONDS.convert(timeout);
    for (int attempt = 0; ; attempt++) {
      RuntimeException failure;
      try {
        connection.hurry();
        long left = Math.min(deadline - System.nanoTime(), Retry.ATTEMPT.toNanos());
        return events
            .withDeadlineAfter(left, TimeUnit.NANOSECONDS)
            .trackEvent(request)
            .getStatus();
      } catch (RuntimeException e) {
        failure = e;
      }
      if (Retry.refused(failure) || Thread.currentThread().isInterrupted()) {
        throw VitrineException.of(operation, failure);
      }
      Duration pause = Retry.pause(attempt, ThreadLocalRandom.current()::nextDouble);
      Duration advice = Retry.advice(failure);
      long wait = (pause.compareTo(advice) < 0 ? advice : pause).toNanos();
      try {
        TimeUnit.NANOSECONDS.sleep(Math.min(wait, deadline - System.nanoTime()));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new VitrineException("CANCELLED", operation + ": interrupted", failure);
      }
      if (deadline - System.nanoTime() <= 0) {
        throw new VitrineException(
            "DEADLINE_EXCEEDED",
            operation + ": the time is up, after " + failure.getMessage(),
            failure);
      }
    }
  }

  /**
   * Waits until every event that {@link #track} has taken so far is delivered or
   * dropped. It cuts a pause between two attempts short.
   *
   * @param timeout how long to wait
   * @return how many events are left when the time is up; 0 when all are settled
   * @throws InterruptedException if the thread is interrupted meanwhile
   */
  public long flush(Duration timeout) throws InterruptedException {
    return tracker.flush(timeout);
  }

  /**
   * The counters.
   *
   * @return the counters as of now
   */
  public Stats stats() {
    return tracker.stats(decider.pages(), decider.fallbacks());
  }

  /**
   * The connection, for the generated classes of package {@code io.vitrine.v1}.
   *
   * @return a channel with the API key, which {@link #close()} closes
   */
  public Channel channel() {
    return connection.channel();
  }

  /**
   * {@link #close(Duration)} within 10 seconds.
   *
   * @throws UndeliveredException if events are left
   */
  @Override
  public void close() {
    close(PATIENCE);
  }

  /**
   * Delivers what is queued and releases the client. A second call does nothing.
   *
   * @param timeout how long to wait; an interrupt ends the wait
   * @throws UndeliveredException if events are left by then: it has them, and so had
   *     {@code onDrop}
   */
  public void close(Duration timeout) {
    if (closed.getAndSet(true)) {
      return;
    }
    decider.close();
    tracker.close();
    try {
      tracker.flush(timeout);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    VitrineException why = tracker.lastError();
    tracker.stop();
    delivery.cancel(null);
    List<Event> left = tracker.abandon();
    connection.close(decideTimeout);
    if (!left.isEmpty()) {
      throw new UndeliveredException(left, why);
    }
  }

  private List<EventResult> send(List<Event> batch) {
    Context before = delivery.attach();
    try {
      connection.hurry();
      return events
          .withDeadlineAfter(Retry.ATTEMPT.toNanos(), TimeUnit.NANOSECONDS)
          .trackEvents(TrackEventsRequest.newBuilder().setSite(site).addAllEvents(batch).build())
          .getResultsList();
    } finally {
      delivery.detach(before);
    }
  }

  /** The event with an id and a time. */
  private static Event identified(Event event) {
    if (!event.getId().isEmpty() && event.hasTime()) {
      return event;
    }
    Instant now = Instant.now();
    Event.Builder own = event.toBuilder();
    if (event.getId().isEmpty()) {
      own.setId(Ids.next(now));
    }
    if (!event.hasTime()) {
      own.setTime(
          Timestamp.newBuilder().setSeconds(now.getEpochSecond()).setNanos(now.getNano()));
    }
    return own.build();
  }

  private static VitrineException tooLarge(Event event, int size) {
    return new VitrineException(
        "INVALID_ARGUMENT",
        "event " + event.getId() + " has " + size + " bytes, more than " + MAX_EVENT_BYTES,
        null);
  }

  /** How to reach Vitrine and what to bear. Only the site is needed. */
  public static final class Builder {
    private final String target;
    private String site = "";
    private String apiKey = "";
    private ChannelCredentials credentials = TlsChannelCredentials.create();
    private Consumer<ManagedChannelBuilder<?>> configure = builder -> {};
    private Duration decideTimeout = Duration.ofMillis(50);
    private int maxQueuedEvents = 10_000;
    private long maxQueuedBytes = 8 << 20;
    private Consumer<Drop> onDrop;
    private System.Logger logger;

    private Builder(String target) {
      this.target = Objects.requireNonNull(target, "target");
    }

    /**
     * The shop.
     *
     * @param site its id ({@code demo}) or name ({@code sites/demo})
     * @return this
     */
    public Builder site(String site) {
      this.site = Objects.requireNonNull(site, "site");
      return this;
    }

    /**
     * The key that is sent with every call; {@code vitrine keys create} makes one. Keep
     * it in the environment or a file, not in the code. None by default.
     *
     * @param apiKey the key; none if empty
     * @return this
     */
    public Builder apiKey(String apiKey) {
      this.apiKey = Objects.requireNonNull(apiKey, "apiKey");
      return this;
    }

    /**
     * How the connection is secured: TLS with the system's authorities by default. For
     * authorities or a certificate of one's own see {@link
     * TlsChannelCredentials#newBuilder}.
     *
     * @param credentials the credentials
     * @return this
     */
    public Builder tls(ChannelCredentials credentials) {
      this.credentials = Objects.requireNonNull(credentials, "credentials");
      return this;
    }

    /**
     * Speaks plain text, the API key included: for a server on the same machine or
     * network.
     *
     * @return this
     */
    public Builder insecure() {
      return tls(InsecureChannelCredentials.create());
    }

    /**
     * Changes the gRPC channel before it is built: interceptors, an executor, a user
     * agent.
     *
     * @param configure what to change
     * @return this
     */
    public Builder configure(Consumer<ManagedChannelBuilder<?>> configure) {
      this.configure = Objects.requireNonNull(configure, "configure");
      return this;
    }

    /**
     * Bounds every decision, below any deadline of the caller's own {@link Context}. 50
     * ms by default.
     *
     * @param timeout the longest that a page waits
     * @return this
     */
    public Builder decideTimeout(Duration timeout) {
      this.decideTimeout = positive(timeout);
      return this;
    }

    /**
     * How many events may wait to be delivered, those under way included. 10,000 by
     * default.
     *
     * @param events the bound
     * @return this
     */
    public Builder maxQueuedEvents(int events) {
      this.maxQueuedEvents = (int) positive("maxQueuedEvents", events);
      return this;
    }

    /**
     * Bounds the encoded size of the events that wait. 8 MiB by default.
     *
     * @param bytes the bound
     * @return this
     */
    public Builder maxQueuedBytes(long bytes) {
      this.maxQueuedBytes = positive("maxQueuedBytes", bytes);
      return this;
    }

    /**
     * Called for every event that will not be delivered, on the thread of {@code track}
     * or of the delivery: it should be quick. It may call {@code track} and {@code stats},
     * not {@code flush} or {@code close}.
     *
     * @param onDrop what to do with it
     * @return this
     */
    public Builder onDrop(Consumer<Drop> onDrop) {
      this.onDrop = onDrop;
      return this;
    }

    /**
     * Told when delivery begins to fail and when it works again; never of single events,
     * nor anything about visitors. Nothing is logged by default.
     *
     * @param logger the logger
     * @return this
     */
    public Builder logger(System.Logger logger) {
      this.logger = logger;
      return this;
    }

    /**
     * Makes the client. It connects in the background: a server that isn't there yet is no
     * error.
     *
     * @return the client
     * @throws IllegalArgumentException if there is no site, or the target isn't one
     */
    public Vitrine build() {
      String id = site.startsWith("sites/") ? site.substring("sites/".length()) : site;
      if (id.isEmpty() || id.contains("/")) {
        throw new IllegalArgumentException(
            "site \"" + site + "\": an id or sites/{site} is needed");
      }
      return new Vitrine(this);
    }

    private static Duration positive(Duration d) {
      if (d.isNegative() || d.isZero()) {
        throw new IllegalArgumentException("a timeout of " + d + " is none");
      }
      return d;
    }

    private static long positive(String what, long n) {
      if (n <= 0) {
        throw new IllegalArgumentException(what + " is " + n + ", not above 0");
      }
      return n;
    }
  }
}
