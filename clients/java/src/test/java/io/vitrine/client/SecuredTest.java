package io.vitrine.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.grpc.TlsChannelCredentials;
import io.vitrine.v1.CreateSiteRequest;
import io.vitrine.v1.SiteServiceGrpc;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Keys and TLS against the real server. */
class SecuredTest {
  private static final char[] PASSWORD = "changeit".toCharArray();

  @TempDir Path folder;

  @Test
  void theServerKnowsTheClientByItsKeyAndTheClientTheServerByItsCertificate() throws Exception {
    makeCertificate();
    Path data = folder.resolve("data");
    String key =
        Server.run("keys", "create", "me", "--role", "admin", "--data-dir", data.toString())
            .lines()
            .map(String::strip)
            .filter(line -> line.contains("vk_"))
            .map(line -> line.substring(line.indexOf("vk_")))
            .findFirst()
            .orElseThrow();
    try (Server server =
            Server.start(
                data,
                "127.0.0.1:0",
                "--tls-cert-file",
                folder.resolve("cert.pem").toString(),
                "--tls-key-file",
                folder.resolve("key.pem").toString());
        Vitrine known = secured(server).apiKey(key).build();
        Vitrine unknown = secured(server).build();
        Vitrine elsewhere = server.client().tls(TlsChannelCredentials.create()).build()) {
      SiteServiceGrpc.newBlockingStub(known.channel())
          .createSite(CreateSiteRequest.newBuilder().setSiteId("demo").build());
      assertFalse(known.decide(Visitor.unknown(), "home", List.of()).fallback());
      assertEquals("UNAUTHENTICATED", code(unknown));
      assertEquals("UNAVAILABLE", code(elsewhere), "no authority of the system's signed it");
    }
  }

  private Vitrine.Builder secured(Server server) throws IOException {
    return server
        .client()
        .tls(
            TlsChannelCredentials.newBuilder()
                .trustManager(folder.resolve("cert.pem").toFile())
                .build());
  }

  private static String code(Vitrine shop) {
    return shop.decide(Visitor.unknown(), "home", List.of()).error().orElseThrow().code();
  }

  /** A certificate that signs itself, by the JDK's own tool. */
  private void makeCertificate() throws Exception {
    Path store = folder.resolve("store.p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair", "-alias", "it", "-keyalg", "EC", "-groupname", "secp256r1",
                "-dname", "CN=localhost", "-ext", "SAN=IP:127.0.0.1", "-validity", "2",
                "-storetype", "PKCS12", "-keystore", store.toString(),
                "-storepass", new String(PASSWORD))
            .redirectErrorStream(true)
            .start();
    String said = new String(keytool.getInputStream().readAllBytes());
    assertEquals(0, keytool.waitFor(), said);
    KeyStore keys = KeyStore.getInstance(store.toFile(), PASSWORD);
    pem("cert.pem", "CERTIFICATE", keys.getCertificate("it").getEncoded());
    pem("key.pem", "PRIVATE KEY", keys.getKey("it", PASSWORD).getEncoded());
  }

  private void pem(String name, String kind, byte[] der) throws IOException {
    String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
    Files.writeString(
        folder.resolve(name),
        "-----BEGIN " + kind + "-----\n" + body + "\n-----END " + kind + "-----\n");
  }
}
