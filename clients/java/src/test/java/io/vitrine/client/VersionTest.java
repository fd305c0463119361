package io.vitrine.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The client has the server's version, wherever it says one. */
class VersionTest {
  private static final Pattern VERSION =
      Pattern.compile(
          "<artifactId>vitrine-(?:client|conformance)</artifactId>\\s*<version>([^<]*)</version>");

  private static List<String> versions(String file) throws IOException {
    List<String> found = new ArrayList<>();
    for (Matcher m = VERSION.matcher(Files.readString(Path.of(file))); m.find(); ) {
      found.add(m.group(1));
    }
    return found;
  }

  @Test
  void isTheServers() throws Exception {
    String number = Files.readString(Path.of("../../cmd/vitrine/version.txt")).strip();
    assertEquals(List.of(number), versions("pom.xml"));
    assertEquals(List.of(number), versions("README.md"));
    assertEquals(List.of(number, number), versions("conformance/pom.xml"));
    assertTrue(Server.run("version").startsWith("vitrine " + number), Server.run("version"));
  }
}
