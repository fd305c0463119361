package io.vitrine.client;

import io.vitrine.v1.Event;
import io.vitrine.v1.EventResult;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;

/**
 * A bounded queue that is delivered from its head. An event leaves the queue when
 * it is settled: delivered or dropped. {@link #start} gives it a thread; {@link
 * #attempt} is all that the thread does, but for waiting.
 */
final class Tracker {
  /**
   * Half of what the contract allows in a request; larger ones gain little and are
   * acknowledged later.
   */
  static final int BATCH_EVENTS = 500;

  /** Keeps a request well below the 4 MiB that a gRPC server takes by default. */
  static final int BATCH_BYTES = 1 << 20;

  /**
   * Half of the server's dedupe window of 24 hours: an event that is sent again after
   * longer than the window could count twice.
   */
  static final Duration MAX_AGE = Duration.ofHours(12);

  /** Delivers a batch: one result an event, in their order, or what went wrong. */
  interface Sender {
    List<EventResult> send(List<Event> events);
  }

  /** A pause of our own, which flush cuts short, and the server's advice, which nothing does. */
  record Pause(Duration own, Duration advised) {
    static final Pause NONE = new Pause(Duration.ZERO, Duration.ZERO);
  }

  private record Waiting(Event event, long since) {
    int bytes() {
      return event.getSerializedSize();
    }
  }

  private final Sender sender;
  private final int maxEvents;
  private final long maxBytes;
  private final Consumer<Drop> onDrop; // or null
  private final Logger logger; // or null
  private final LongSupplier nanoTime;
  private final DoubleSupplier random;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition toDo = lock.newCondition(); // something was queued, or the end has come
  private final Condition settling = lock.newCondition();
  private final ArrayDeque<Waiting> queue = new ArrayDeque<>(); // oldest first
  private final Map<Drop.Reason, Long> dropped = new EnumMap<>(Drop.Reason.class);
  private long bytes;
  private long accepted; // events ever queued
  private long settled; // events that left the queue again
  private long tracked;
  private long stored;
  private long duplicates;
  private long noConsent;
  private long retries;
  private int failures; // attempts in a row
  private VitrineException lastError; // of the attempt before, null when it went well
  private boolean hurry; // cut the pause short
  private boolean closed; // nothing more is taken
  private boolean stopped; // nothing more is delivered
  private Thread thread;

  Tracker(
      Sender sender,
      int maxEvents,
      long maxBytes,
      Consumer<Drop> onDrop,
      Logger logger,
      LongSupplier nanoTime,
      DoubleSupplier random) {
    this.sender = sender;
    this.maxEvents = maxEvents;
    this.maxBytes = maxBytes;
    this.onDrop = onDrop;
    this.logger = logger;
    this.nanoTime = nanoTime;
    this.random = random;
  }

  void start() {
    thread = new Thread(this::run, "vitrine-delivery");
    thread.setDaemon(true);
    thread.start();
  }

  /** Queues an event that has its id and time, or drops it. */
  void add(Event event) {
    Drop.Reason reason = null;
    lock.lock();
    try {
      Waiting waiting = new Waiting(event, nanoTime.getAsLong());
      tracked++;
      if (closed) {
        reason = Drop.Reason.CLOSED;
      } else if (queue.size() >= maxEvents || bytes + waiting.bytes() > maxBytes) {
        reason = Drop.Reason.QUEUE_FULL;
      }
      if (reason == null) {
        queue.add(waiting);
        bytes += waiting.bytes();
        accepted++;
        toDo.signal();
        return;
      }
      dropped.merge(reason, 1L, Long::sum);
    } finally {
      lock.unlock();
    }
    report(List.of(new Drop(event, reason, Optional.empty())));
  }

  /** Counts and reports an event that can't be queued. */
  void refuse(Event event, Drop.Reason reason, VitrineException why) {
    lock.lock();
    try {
      tracked++;
      dropped.merge(reason, 1L, Long::sum);
    } finally {
      lock.unlock();
    }
    report(List.of(new Drop(event, reason, Optional.of(why))));
  }

  /** Must be called without the lock: the callback may track. */
  private void report(List<Drop> drops) {
    if (onDrop == null) {
      return;
    }
    for (Drop drop : drops) {
      try {
        onDrop.accept(drop);
      } catch (RuntimeException e) {
        log(Level.ERROR, "onDrop failed", e);
      }
    }
  }

  private void run() {
    Pause pause = Pause.NONE;
    while (rest(pause)) {
      pause = attempt();
    }
  }

  /** Waits until there is something to deliver and the pause is over; false at the end. */
  private boolean rest(Pause pause) {
    lock.lock();
    try {
      long advised = pause.advised().toNanos();
      while (!stopped && advised > 0) {
        advised = toDo.awaitNanos(advised);
      }
      long left = pause.own().minus(pause.advised()).toNanos();
      while (!stopped && left > 0 && !hurry) {
        left = toDo.awaitNanos(left);
      }
      hurry = false;
      while (!stopped && queue.isEmpty()) {
        toDo.await();
      }
      return !stopped;
    } catch (InterruptedException e) {
      return false; // nobody but the program's end has this thread at hand
    } finally {
      lock.unlock();
    }
  }

  /**
   * Sends the next batch once and settles it. Answers how long to wait before the
   * next attempt: not at all, unless this one failed for a reason that may pass.
   */
  Pause attempt() {
    List<Waiting> batch = head();
    if (batch.isEmpty()) {
      return Pause.NONE;
    }
    long now = nanoTime.getAsLong();
    int expired = 0;
    while (expired < batch.size() && now - batch.get(expired).since() > MAX_AGE.toNanos()) {
      expired++;
    }
    if (expired > 0) {
      List<Waiting> old = batch.subList(0, expired);
      settle(old, () -> dropAll(old, Drop.Reason.EXPIRED, lastError));
      return Pause.NONE;
    }
    List<Event> events = batch.stream().map(Waiting::event).toList();
    List<EventResult> results;
    try {
      results = sender.send(events);
      if (results.size() != events.size()) {
        throw new IllegalStateException(
            results.size() + " results for " + events.size() + " events");
      }
    } catch (RuntimeException e) {
      VitrineException error = VitrineException.of("track events", e);
      if (Retry.refused(e)) {
        settle(batch, () -> dropAll(batch, Drop.Reason.REFUSED, error));
        worked();
        return Pause.NONE;
      }
      return new Pause(Retry.pause(failed(error), random), Retry.advice(e));
    }
    settle(batch, () -> count(events, results));
    worked();
    return Pause.NONE;
  }

  /** Copies the next batch, which stays in the queue until it is settled. */
  private List<Waiting> head() {
    lock.lock();
    try {
      List<Waiting> batch = new ArrayList<>(Math.min(queue.size(), BATCH_EVENTS));
      int size = 0;
      for (Waiting w : queue) {
        if (batch.size() == BATCH_EVENTS || !batch.isEmpty() && size + w.bytes() > BATCH_BYTES) {
          break;
        }
        size += w.bytes();
        batch.add(w);
      }
      return batch;
    } finally {
      lock.unlock();
    }
  }

  private interface Account {
    List<Drop> settle();
  }

  /** Takes a batch off the queue's head. The account runs under the lock. */
  private void settle(List<Waiting> batch, Account account) {
    List<Drop> drops;
    lock.lock();
    try {
      drops = account.settle();
      for (Waiting w : batch) {
        queue.remove();
        bytes -= w.bytes();
      }
    } finally {
      lock.unlock();
    }
    // Only after onDrop has had them do flush and close count them as settled.
    report(drops);
    lock.lock();
    try {
      settled += batch.size();
      settling.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private List<Drop> count(List<Event> events, List<EventResult> results) {
    List<Drop> drops = new ArrayList<>();
    for (int i = 0; i < results.size(); i++) {
      EventResult result = results.get(i);
      switch (result.getStatus()) {
        case EVENT_STATUS_STORED -> stored++;
        case EVENT_STATUS_DUPLICATE -> duplicates++;
        case EVENT_STATUS_NO_CONSENT -> noConsent++;
        case EVENT_STATUS_INVALID ->
            drops.add(
                drop(
                    events.get(i),
                    Drop.Reason.INVALID,
                    new InvalidEventException(result.getViolationsList())));
        default ->
            drops.add(
                drop(
                    events.get(i),
                    Drop.Reason.REFUSED,
                    new VitrineException("UNKNOWN", "answered with " + result.getStatus(), null)));
      }
    }
    return drops;
  }

  private List<Drop> dropAll(List<Waiting> batch, Drop.Reason reason, VitrineException why) {
    return batch.stream().map(w -> drop(w.event(), reason, why)).toList();
  }

  private Drop drop(Event event, Drop.Reason reason, VitrineException why) {
    dropped.merge(reason, 1L, Long::sum);
    return new Drop(event, reason, Optional.ofNullable(why));
  }

  /** Notes a failed attempt; answers how many failed in a row before it. */
  private int failed(VitrineException error) {
    boolean turn;
    int before;
    int waiting;
    lock.lock();
    try {
      turn = lastError == null;
      lastError = error;
      retries++;
      before = failures++;
      waiting = queue.size();
    } finally {
      lock.unlock();
    }
    if (turn) {
      log(Level.WARNING, "events can't be delivered, will retry: " + waiting + " queued", error);
    }
    return before;
  }

  private void worked() {
    boolean turn;
    int waiting;
    lock.lock();
    try {
      turn = lastError != null;
      lastError = null;
      failures = 0;
      waiting = queue.size();
    } finally {
      lock.unlock();
    }
    if (turn) {
      log(Level.INFO, "events are delivered again: " + waiting + " queued", null);
    }
  }

  private void log(Level level, String message, RuntimeException error) {
    if (logger != null) {
      logger.log(level, "vitrine: " + message, error);
    }
  }

  /**
   * Waits until what was taken so far is settled; answers how many events are left when
   * the time is up.
   */
  long flush(Duration timeout) throws InterruptedException {
    lock.lock();
    try {
      long target = accepted;
      long left = nanos(timeout);
      hurry = true;
      toDo.signal();
      while (settled < target && left > 0) {
        left = settling.awaitNanos(left);
      }
      return Math.max(0, target - settled);
    } finally {
      lock.unlock();
    }
  }

  /** Takes nothing more. */
  void close() {
    lock.lock();
    try {
      closed = true;
    } finally {
      lock.unlock();
    }
  }

  /** Lets the thread end after the attempt under way, which the caller cuts short. */
  void stop() {
    lock.lock();
    try {
      stopped = true;
      toDo.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Waits for the thread's end, and drops what is left. */
  List<Event> abandon() {
    boolean interrupted = false;
    while (thread != null && thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true; // it ends at once: its call is cancelled
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    List<Event> events = new ArrayList<>();
    for (List<Waiting> left = head(); !left.isEmpty(); left = head()) {
      List<Waiting> batch = left;
      settle(batch, () -> dropAll(batch, Drop.Reason.CLOSED, lastError));
      batch.forEach(w -> events.add(w.event()));
    }
    return events;
  }

  /** Why the attempt before failed; null when it went well. */
  VitrineException lastError() {
    lock.lock();
    try {
      return lastError;
    } finally {
      lock.unlock();
    }
  }

  Stats stats(long pages, long fallbacks) {
    lock.lock();
    try {
      return new Stats(
          tracked,
          queue.size(),
          bytes,
          stored,
          duplicates,
          noConsent,
          Map.copyOf(dropped),
          retries,
          pages,
          fallbacks);
    } finally {
      lock.unlock();
    }
  }

  private static long nanos(Duration timeout) {
    return TimeUnit.NANOSECONDS.convert(timeout); // cut to what a long holds
  }
}
