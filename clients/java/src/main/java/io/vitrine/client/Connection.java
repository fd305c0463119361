package io.vitrine.client;

import io.grpc.ChannelCredentials;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Metadata;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.channel.ChannelOption;
import io.grpc.stub.MetadataUtils;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** The gRPC channel to the server. */
record Connection(ManagedChannel channel) {
  private static final Metadata.Key<String> AUTHORIZATION =
      Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

  static Connection open(
      String target,
      ChannelCredentials credentials,
      String apiKey,
      Consumer<ManagedChannelBuilder<?>> configure) {
    NettyChannelBuilder builder =
        NettyChannelBuilder.forTarget(target, credentials)
            .withOption(ChannelOption.CONNECT_TIMEOUT_MILLIS, 5_000)
            // A connection that died without a word is noticed after the timeout, not
            // after the kernel's quarter of an hour. The server takes a ping in 10 s.
            .keepAliveTime(30, TimeUnit.SECONDS)
            .keepAliveTimeout(5, TimeUnit.SECONDS)
            .disableServiceConfigLookUp(); // one DNS query less before the first page
    if (!apiKey.isEmpty()) {
      Metadata headers = new Metadata();
      headers.put(AUTHORIZATION, "Bearer " + apiKey);
      builder.intercept(MetadataUtils.newAttachHeadersInterceptor(headers));
    }
    configure.accept(builder);
    ManagedChannel channel = builder.build();
    channel.getState(true); // connects, so that the first page need not wait for the handshake
    return new Connection(channel);
  }

  /**
   * Connects anew at once, if the last try failed. gRPC by itself waits up to 120 s
   * between two tries, and a shop would show fallback pages for minutes after a
   * restart of the server. Call it before a call: how often is then bounded by the
   * breaker and by the pauses between retries.
   */
  void hurry() {
    if (channel.getState(true) == ConnectivityState.TRANSIENT_FAILURE) {
      channel.resetConnectBackoff();
    }
  }

  /** Lets calls under way end within the time, then ends them. */
  void close(Duration grace) {
    channel.shutdown();
    try {
      channel.awaitTermination(grace.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    channel.shutdownNow();
  }
}
