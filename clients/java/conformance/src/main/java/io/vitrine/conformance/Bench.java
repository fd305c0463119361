package io.vitrine.conformance;

import static io.vitrine.v1.Purpose.PURPOSE_MEASUREMENT;
import static io.vitrine.v1.Purpose.PURPOSE_PERSONALIZATION;

import com.google.gson.JsonObject;
import com.sun.management.OperatingSystemMXBean;
import io.vitrine.client.Events;
import io.vitrine.client.Stats;
import io.vitrine.client.Visitor;
import io.vitrine.client.Vitrine;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** Measures pages decided or events stored in so many seconds. */
final class Bench {
  private static final OperatingSystemMXBean OS =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

  private final Vitrine client;

  Bench(Vitrine client) {
    this.client = client;
  }

  JsonObject run(JsonObject command) throws InterruptedException {
    long cpu = OS.getProcessCpuTime();
    long began = System.nanoTime();
    long end = began + (long) (command.get("seconds").getAsDouble() * 1e9);
    long calls =
        switch (command.get("what").getAsString()) {
          case "decide" -> decide(command, end);
          case "track" -> track(command, end);
          default -> throw new IllegalArgumentException("what to measure is decide or track");
        };
    JsonObject reply = new JsonObject();
    reply.addProperty("calls", calls);
    reply.addProperty("seconds", (System.nanoTime() - began) / 1e9);
    reply.addProperty("cpu_seconds", (OS.getProcessCpuTime() - cpu) / 1e9);
    return reply;
  }

  private long decide(JsonObject command, long end) throws InterruptedException {
    String placement = command.get("placement").getAsString();
    long visitors = command.get("visitors").getAsLong();
    AtomicLong next = new AtomicLong();
    AtomicLong decided = new AtomicLong();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < command.get("in_flight").getAsInt(); i++) {
      Thread thread =
          new Thread(
              () -> {
                while (System.nanoTime() - end < 0) {
                  Visitor visitor = visitor(next.getAndIncrement() % visitors);
                  if (!client.decide(visitor, placement, List.of()).fallback()) {
                    decided.incrementAndGet();
                  }
                }
              });
      thread.start();
      threads.add(thread);
    }
    for (Thread thread : threads) {
      thread.join();
    }
    return decided.get();
  }

  private long track(JsonObject command, long end) throws InterruptedException {
    String product = command.get("product").getAsString();
    long visitors = command.has("visitors") ? command.get("visitors").getAsLong() : 1000;
    long stored = client.stats().stored();
    // Half of what the queue takes by default: so much is in flight, and nothing is dropped.
    long bound = 5_000;
    for (long n = 0; System.nanoTime() - end < 0; ) {
      Stats stats = client.stats();
      if (stats.queued() >= bound) {
        Thread.onSpinWait();
        Thread.yield();
        continue;
      }
      for (long room = bound - stats.queued(); room > 0; room--, n++) {
        client.track(Events.productViewed(visitor(n % visitors), product));
      }
    }
    client.flush(Duration.ofSeconds(30));
    return client.stats().stored() - stored;
  }

  private static Visitor visitor(long n) {
    return Visitor.device("bench-" + n).granting(PURPOSE_PERSONALIZATION, PURPOSE_MEASUREMENT);
  }
}
