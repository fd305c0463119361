package io.vitrine.conformance;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import io.grpc.Grpc;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.TlsChannelCredentials;
import io.vitrine.client.Drop;
import io.vitrine.client.Events;
import io.vitrine.client.Item;
import io.vitrine.client.Page;
import io.vitrine.client.Stats;
import io.vitrine.client.UndeliveredException;
import io.vitrine.client.Visitor;
import io.vitrine.client.Vitrine;
import io.vitrine.client.VitrineException;
import io.vitrine.v1.DecideRequest;
import io.vitrine.v1.Event;
import io.vitrine.v1.PlacementResult;
import io.vitrine.v1.Purpose;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Plays the scenarios of clients/conformance: one JSON command a line in, one reply a line out. */
public final class Driver {
  private final Queue<Drop> drops = new ConcurrentLinkedQueue<>();
  private Vitrine client;
  private Page last;

  public static void main(String[] args) throws IOException {
    warmUp();
    Driver driver = new Driver();
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      JsonObject reply;
      try {
        reply = driver.carryOut(JsonParser.parseString(line).getAsJsonObject());
      } catch (Exception e) {
        reply = new JsonObject();
        reply.addProperty("fatal", e.toString());
      }
      out.println(reply);
    }
  }

  /**
   * Makes the calls once, to a server that knows none of them. A JVM loads classes at their
   * first use, which takes a second on a busy machine; scenarios count milliseconds.
   */
  private static void warmUp() throws IOException {
    Server server = Grpc.newServerBuilderForPort(0, InsecureServerCredentials.create()).build();
    server.start();
    String target = "127.0.0.1:" + server.getPort();
    try (Vitrine client = Vitrine.builder(target).site("warm-up").insecure().build()) {
      client.decide(Visitor.unknown(), "home", List.of("p1"));
      client.track(Events.homeViewed(Visitor.device("d1").granting()));
    } catch (UndeliveredException e) {
      // The classes are loaded, on a machine so busy that this took all of close's time.
    } finally {
      server.shutdownNow();
    }
  }

  private JsonObject carryOut(JsonObject command) throws Exception {
    String what = command.get("do").getAsString();
    if (client == null && !what.equals("new")) {
      throw new IllegalStateException(what + " before new");
    }
    return switch (what) {
      case "new" -> open(command);
      case "decide" -> decide(command);
      case "decide_page" -> decidePage(command);
      case "track" -> track(command);
      case "track_now" -> trackNow(command);
      case "click" -> click(command);
      case "flush" -> left(client.flush(timeout(command)));
      case "close" -> close(command);
      case "stats" -> stats(client.stats());
      case "drops" -> drops();
      case "bench" -> new Bench(client).run(command);
      default -> throw new IllegalArgumentException("unknown command " + what);
    };
  }

  private JsonObject open(JsonObject command) throws IOException {
    Vitrine.Builder builder =
        Vitrine.builder(text(command, "target")).site(text(command, "site")).onDrop(drops::add);
    if (command.has("insecure") && command.get("insecure").getAsBoolean()) {
      builder.insecure();
    }
    if (command.has("api_key")) {
      builder.apiKey(text(command, "api_key"));
    }
    if (command.has("ca_file")) {
      File authorities = new File(text(command, "ca_file"));
      builder.tls(TlsChannelCredentials.newBuilder().trustManager(authorities).build());
    }
    if (command.has("decide_timeout_ms")) {
      builder.decideTimeout(Duration.ofMillis(command.get("decide_timeout_ms").getAsLong()));
    }
    if (command.has("max_queued_events")) {
      builder.maxQueuedEvents(command.get("max_queued_events").getAsInt());
    }
    if (command.has("max_queued_bytes")) {
      builder.maxQueuedBytes(command.get("max_queued_bytes").getAsLong());
    }
    client = builder.build();
    last = null;
    drops.clear();
    return new JsonObject();
  }

  private JsonObject decide(JsonObject command) {
    String placement = text(command, "placement");
    Visitor visitor = visitor(command);
    List<String> fallback = strings(command.get("fallback"));
    long began = System.nanoTime();
    last = client.decide(visitor, placement, fallback);
    JsonObject reply = page(began);
    List<Item> items = last.items(placement);
    reply.add("products", array(last.products(placement)));
    reply.add("reasons", array(items.stream().map(Item::reason).toList()));
    reply.addProperty(
        "tokens", items.stream().filter(item -> !item.attributionToken().isEmpty()).count());
    return reply;
  }

  private JsonObject decidePage(JsonObject command) throws InvalidProtocolBufferException {
    DecideRequest.Builder request = DecideRequest.newBuilder();
    read(command.get("request"), request);
    Map<String, List<String>> fallback = new HashMap<>();
    if (command.has("fallback")) {
      command
          .getAsJsonObject("fallback")
          .asMap()
          .forEach((placement, products) -> fallback.put(placement, strings(products)));
    }
    long began = System.nanoTime();
    last = client.decidePage(request.build(), fallback);
    JsonObject reply = page(began);
    JsonObject placements = new JsonObject();
    for (PlacementResult result : last.response().getPlacementsList()) {
      placements.add(result.getPlacement(), array(last.products(result.getPlacement())));
    }
    reply.add("placements", placements);
    return reply;
  }

  private JsonObject page(long began) {
    JsonObject reply = new JsonObject();
    reply.addProperty("took_ms", (System.nanoTime() - began) / 1e6);
    reply.addProperty("fallback", last.fallback());
    last.error().ifPresent(e -> reply.addProperty("error", e.code()));
    return reply;
  }

  private JsonObject track(JsonObject command) throws InvalidProtocolBufferException {
    for (JsonElement json : command.getAsJsonArray("events")) {
      Event event = event(json);
      if (!command.has("repeat")) {
        client.track(event);
        continue;
      }
      for (int i = 1; i <= command.get("repeat").getAsInt(); i++) {
        client.track(event.toBuilder().setId(event.getId() + "-" + i).build());
      }
    }
    return new JsonObject();
  }

  private JsonObject trackNow(JsonObject command) throws InvalidProtocolBufferException {
    JsonObject reply = new JsonObject();
    try {
      String status = client.trackNow(event(command.get("event")), timeout(command)).name();
      reply.addProperty("status", status.replace("EVENT_STATUS_", ""));
    } catch (VitrineException e) {
      reply.addProperty("error", e.code());
    }
    return reply;
  }

  private JsonObject click(JsonObject command) {
    Item item = last.items(text(command, "placement")).get(command.get("index").getAsInt());
    client.track(Events.itemClicked(visitor(command), item));
    return new JsonObject();
  }

  private JsonObject close(JsonObject command) {
    try {
      client.close(timeout(command));
      return left(0);
    } catch (UndeliveredException e) {
      return left(e.events().size());
    }
  }

  private JsonObject drops() {
    JsonArray list = new JsonArray();
    for (Drop drop = drops.poll(); drop != null; drop = drops.poll()) {
      JsonObject one = new JsonObject();
      one.addProperty("id", drop.event().getId());
      one.addProperty("reason", drop.reason().name());
      list.add(one);
    }
    JsonObject reply = new JsonObject();
    reply.add("drops", list);
    return reply;
  }

  private static JsonObject stats(Stats stats) {
    JsonObject reply = new JsonObject();
    reply.addProperty("tracked", stats.tracked());
    reply.addProperty("queued", stats.queued());
    reply.addProperty("stored", stats.stored());
    reply.addProperty("duplicates", stats.duplicates());
    reply.addProperty("no_consent", stats.noConsent());
    JsonObject dropped = new JsonObject();
    stats.dropped().forEach((reason, n) -> dropped.addProperty(reason.name(), n));
    reply.add("dropped", dropped);
    reply.addProperty("retries", stats.retries());
    reply.addProperty("pages", stats.pages());
    reply.addProperty("fallbacks", stats.fallbacks());
    return reply;
  }

  private static JsonObject left(long events) {
    JsonObject reply = new JsonObject();
    reply.addProperty("left", events);
    return reply;
  }

  private static Visitor visitor(JsonObject command) {
    JsonObject v = command.getAsJsonObject("visitor");
    Visitor visitor = new Visitor(text(v, "device_id"), text(v, "person_id"), null);
    if (!v.has("granted")) {
      return visitor;
    }
    return visitor.granting(
        strings(v.get("granted")).stream()
            .map(purpose -> Purpose.valueOf("PURPOSE_" + purpose))
            .toArray(Purpose[]::new));
  }

  private static Event event(JsonElement json) throws InvalidProtocolBufferException {
    Event.Builder event = Event.newBuilder();
    read(json, event);
    return event.build();
  }

  private static void read(JsonElement json, Message.Builder into)
      throws InvalidProtocolBufferException {
    JsonFormat.parser().merge(json.toString(), into);
  }

  private static Duration timeout(JsonObject command) {
    return Duration.ofMillis(
        command.has("timeout_ms") ? command.get("timeout_ms").getAsLong() : 10_000);
  }

  private static String text(JsonObject json, String name) {
    return json.has(name) ? json.get(name).getAsString() : "";
  }

  private static List<String> strings(JsonElement json) {
    List<String> list = new ArrayList<>();
    if (json != null && json.isJsonArray()) {
      json.getAsJsonArray().forEach(element -> list.add(element.getAsString()));
    }
    return list;
  }

  private static JsonArray array(List<String> strings) {
    JsonArray array = new JsonArray();
    strings.forEach(array::add);
    return array;
  }
}
