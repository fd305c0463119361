package io.vitrine.client;

import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.vitrine.v1.CatalogServiceGrpc;
import io.vitrine.v1.CreateProductRequest;
import io.vitrine.v1.CreateSiteRequest;
import io.vitrine.v1.Product;
import io.vitrine.v1.SiteServiceGrpc;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A real server: the binary that `make build` made, on a data folder of its own. */
final class Server implements AutoCloseable {
  private static final Path BINARY =
      Path.of(System.getProperty("vitrine.bin", "../../bin/vitrine")).toAbsolutePath().normalize();
  private static final Pattern SERVING =
      Pattern.compile("\"msg\":\"serving\",\"address\":\"([^\"]+)\"");

  private final Process process;
  private final String address;

  private Server(Process process, String address) {
    this.process = process;
    this.address = address;
  }

  /** Starts a server whose callers need no key. */
  static Server start(Path data) throws IOException {
    return start(data, "127.0.0.1:0", "--auth", "none");
  }

  static Server start(Path data, String listen, String... flags) throws IOException {
    List<String> command = new ArrayList<>(List.of("serve", "--data-dir", data.toString()));
    command.addAll(List.of("--listen", listen, "--ops-listen", "", "--log-format", "json"));
    // Nobody measures here: a busy machine is no reason to refuse.
    command.addAll(List.of("--limits-max-wait", "1s"));
    command.addAll(List.of(flags));
    Process process = vitrine(command);
    BufferedReader log = process.errorReader();
    StringBuilder said = new StringBuilder();
    for (String line = log.readLine(); line != null; line = log.readLine()) {
      Matcher serving = SERVING.matcher(line);
      if (serving.find()) {
        drain(log);
        return new Server(process, serving.group(1));
      }
      said.append(line).append('\n');
    }
    throw new IOException("the server ended: " + said);
  }

  /** Reads on, as a full pipe would stop the server. */
  private static void drain(BufferedReader log) {
    Thread thread =
        new Thread(
            () -> {
              try {
                log.transferTo(Writer.nullWriter());
              } catch (IOException ended) {
                // Ending the process closes its streams.
              }
            });
    thread.setDaemon(true);
    thread.start();
  }

  private static Process vitrine(List<String> command) throws IOException {
    List<String> whole = new ArrayList<>(List.of(BINARY.toString()));
    whole.addAll(command);
    return new ProcessBuilder(whole).start();
  }

  /** What a command of the binary prints. */
  static String run(String... command) throws IOException, InterruptedException {
    Process process = vitrine(List.of(command));
    String output = new String(process.getInputStream().readAllBytes());
    if (process.waitFor() != 0) {
      throw new IOException(new String(process.getErrorStream().readAllBytes()));
    }
    return output.strip();
  }

  String address() {
    return address;
  }

  /** A client of the shop, in plain text. A page may take as long as the machine is slow. */
  Vitrine.Builder client() {
    return Vitrine.builder(address)
        .site("demo")
        .insecure()
        .decideTimeout(Duration.ofSeconds(30));
  }

  /** Makes the shop: a site, which has the placement home, and products p1 to p9. */
  Server withShop() {
    ManagedChannel channel =
        Grpc.newChannelBuilder(address, InsecureChannelCredentials.create()).build();
    try {
      SiteServiceGrpc.newBlockingStub(channel)
          .createSite(CreateSiteRequest.newBuilder().setSiteId("demo").build());
      for (int i = 1; i <= 9; i++) {
        CatalogServiceGrpc.newBlockingStub(channel)
            .createProduct(
                CreateProductRequest.newBuilder()
                    .setParent("sites/demo")
                    .setProductId("p" + i)
                    .setProduct(
                        Product.newBuilder()
                            .setTitle("Product " + i)
                            .addCategories(i % 2 == 0 ? "shoes" : "hats"))
                    .build());
      }
    } finally {
      channel.shutdownNow();
    }
    return this;
  }

  /** Ends it without a word to anybody. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (process.waitFor(30, TimeUnit.SECONDS)) {
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    process.destroyForcibly();
  }
}
