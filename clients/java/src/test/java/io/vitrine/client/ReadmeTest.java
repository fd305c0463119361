package io.vitrine.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the README shows is compiled and run. */
class ReadmeTest {
  private static final Path README = Path.of("README.md");

  @TempDir Path folder;

  @Test
  void theExampleShowsAHomePage() throws Exception {
    Matcher program =
        Pattern.compile("```java\n(.*?public class Home.*?)```", Pattern.DOTALL)
            .matcher(Files.readString(README));
    assertTrue(program.find());
    try (Server server = Server.start(folder.resolve("data")).withShop()) {
      String source = program.group(1);
      assertTrue(source.contains("localhost:7654"));
      // A slow machine may take longer than a page should.
      source =
          source
              .replace("localhost:7654", server.address())
              .replace(
                  ".insecure()",
                  ".insecure().decideTimeout(java.time.Duration.ofMinutes(1))");
      Path file = Files.writeString(folder.resolve("Home.java"), source);
      String path = System.getProperty("java.class.path");
      assertEquals(
          0,
          ToolProvider.getSystemJavaCompiler()
              .run(null, null, null, "-Xlint:all", "-Werror", "-cp", path, file.toString()));
      String[] lines = run().split("\n");
      assertFalse(lines.length < 2, String.join("\n", lines));
      for (String line : lines) {
        assertTrue(line.matches("p[1-9]: .+"), line);
      }
    }
  }

  private String run() throws Exception {
    PrintStream before = System.out;
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    try (URLClassLoader loader = new URLClassLoader(new URL[] {folder.toUri().toURL()})) {
      System.setOut(new PrintStream(printed, true));
      loader
          .loadClass("Home")
          .getMethod("main", String[].class)
          .invoke(null, (Object) new String[0]);
    } finally {
      System.setOut(before);
    }
    return printed.toString();
  }
}
