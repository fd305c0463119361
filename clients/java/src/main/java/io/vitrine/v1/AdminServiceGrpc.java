package io.vitrine.v1;

import static io.grpc.MethodDescriptor.generateFullMethodName;

/**
 * <pre>
 * AdminService looks after an installation.
 * </pre>
 */
@io.grpc.stub.annotations.GrpcGenerated
public final class AdminServiceGrpc {

  private AdminServiceGrpc() {}

  public static final java.lang.String SERVICE_NAME = "vitrine.v1.AdminService";

  // Static method descriptors that strictly reflect the proto.
  private static volatile io.grpc.MethodDescriptor<io.vitrine.v1.GetStatusRequest,
      io.vitrine.v1.InstallationStatus> getGetStatusMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "GetStatus",
      requestType = io.vitrine.v1.GetStatusRequest.class,
      responseType = io.vitrine.v1.InstallationStatus.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.vitrine.v1.GetStatusRequest,
      io.vitrine.v1.InstallationStatus> getGetStatusMethod() {
    io.grpc.MethodDescriptor<io.vitrine.v1.GetStatusRequest, io.vitrine.v1.InstallationStatus> getGetStatusMethod;
    if ((getGetStatusMethod = AdminServiceGrpc.getGetStatusMethod) == null) {
      synchronized (AdminServiceGrpc.class) {
        if ((getGetStatusMethod = AdminServiceGrpc.getGetStatusMethod) == null) {
          AdminServiceGrpc.getGetStatusMethod = getGetStatusMethod =
              io.grpc.MethodDescriptor.<io.vitrine.v1.GetStatusRequest, io.vitrine.v1.InstallationStatus>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "GetStatus"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.vitrine.v1.GetStatusRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.vitrine.v1.InstallationStatus.getDefaultInstance()))
              .setSchemaDescriptor(new AdminServiceMethodDescriptorSupplier("GetStatus"))
              .build();
        }
      }
    }
    return getGetStatusMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.vitrine.v1.BackupRequest,
      io.vitrine.v1.BackupResponse> getBackupMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "Backup",
      requestType = io.vitrine.v1.BackupRequest.class,
      responseType = io.vitrine.v1.BackupResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING)
  public static io.grpc.MethodDescriptor<io.vitrine.v1.BackupRequest,
      io.vitrine.v1.BackupResponse> getBackupMethod() {
    io.grpc.MethodDescriptor<io.vitrine.v1.BackupRequest, io.vitrine.v1.BackupResponse> getBackupMethod;
    if ((getBackupMethod = AdminServiceGrpc.getBackupMethod) == null) {
      synchronized (AdminServiceGrpc.class) {
        if ((getBackupMethod = AdminServiceGrpc.getBackupMethod) == null) {
          AdminServiceGrpc.getBackupMethod = getBackupMethod =
              io.grpc.MethodDescriptor.<io.vitrine.v1.BackupRequest, io.vitrine.v1.BackupResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "Backup"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.vitrine.v1.BackupRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.vitrine.v1.BackupResponse.getDefaultInstance()))
              .setSchemaDescriptor(new AdminServiceMethodDescriptorSupplier("Backup"))
              .build();
        }
      }
    }
    return getBackupMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.vitrine.v1.CompactRequest,
      io.vitrine.v1.CompactResponse> getCompactMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "Compact",
      requestType = io.vitrine.v1.CompactRequest.class,
      responseType = io.vitrine.v1.CompactResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING)
  public static io.grpc.MethodDescriptor<io.vitrine.v1.CompactRequest,
      io.vitrine.v1.CompactResponse> getCompactMethod() {
    io.grpc.MethodDescriptor<io.vitrine.v1.CompactRequest, io.vitrine.v1.CompactResponse> getCompactMethod;
    if ((getCompactMethod = AdminServiceGrpc.getCompactMethod) == null) {
      synchronized (AdminServiceGrpc.class) {
        if ((getCompactMethod = AdminServiceGrpc.getCompactMethod) == null) {
          AdminServiceGrpc.getCompactMethod = getCompactMethod =
              io.grpc.MethodDescriptor.<io.vitrine.v1.CompactRequest, io.vitrine.v1.CompactResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "Compact"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.vitrine.v1.CompactRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.vitrine.v1.CompactResponse.getDefaultInstance()))
              .setSchemaDescriptor(new AdminServiceMethodDescriptorSupplier("Compact"))
              .build();
        }
      }
    }
    return getCompactMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.vitrine.v1.CreateApiKeyRequest,
      io.vitrine.v1.CreateApiKeyResponse> getCreateApiKeyMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "CreateApiKey",
      requestType = io.vitrine.v1.CreateApiKeyRequest.class,
      responseType = io.vitrine.v1.CreateApiKeyResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.vitrine.v1.CreateApiKeyRequest,
      io.vitrine.v1.CreateApiKeyResponse> getCreateApiKeyMethod() {
    io.grpc.MethodDescriptor<io.vitrine.v1.CreateApiKeyRequest, io.vitrine.v1.CreateApiKeyResponse> getCreateApiKeyMethod;
    if ((getCreateApiKeyMethod = AdminServiceGrpc.getCreateApiKeyMethod) == null) {
      synchronized (AdminServiceGrpc.class) {
        if ((getCreateApiKeyMethod = AdminServiceGrpc.getCreateApiKeyMethod) == null) {
          AdminServiceGrpc.getCreateApiKeyMethod = getCreateApiKeyMethod =
              io.grpc.MethodDescriptor.<io.vitrine.v1.CreateApiKeyRequest, io.vitrine.v1.CreateApiKeyResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "CreateApiKey"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.vitrine.v1.CreateApiKeyRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.vitrine.v1.CreateApiKeyResponse.getDefaultInstance()))
              .setSchemaDescriptor(new AdminServiceMethodDescriptorSupplier("CreateApiKey"))
              .build();
        }
      }
    }
    return getCreateApiKeyMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.vitrine.v1.ListApiKeysRequest,
      io.vitrine.v1.ListApiKeysResponse> getListApiKeysMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ListApiKeys",
      requestType = io.vitrine.v1.ListApiKeysRequest.class,
      responseType = io.vitrine.v1.ListApiKeysResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.vitrine.v1.ListApiKeysRequest,
      io.vitrine.v1.ListApiKeysResponse> getListApiKeysMethod() {
    io.grpc.MethodDescriptor<io.vitrine.v1.ListApiKeysRequest, io.vitrine.v1.ListApiKeysResponse> getListApiKeysMethod;
    if ((getListApiKeysMethod = AdminServiceGrpc.getListApiKeysMethod) == null) {
      synchronized (AdminServiceGrpc.class) {
        if ((getListApiKeysMethod = AdminServiceGrpc.getListApiKeysMethod) == null) {
          AdminServiceGrpc.getListApiKeysMethod = getListApiKeysMethod =
              io.grpc.MethodDescriptor.<io.vitrine.v1.ListApiKeysRequest, io.vitrine.v1.ListApiKeysResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ListApiKeys"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.vitrine.v1.ListApiKeysRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.vitrine.v1.ListApiKeysResponse.getDefaultInstance()))
              .setSchemaDescriptor(new AdminServiceMethodDescriptorSupplier("ListApiKeys"))
              .build();
        }
      }
    }
    return getListApiKeysMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.vitrine.v1.RevokeApiKeyRequest,
      com.google.protobuf.Empty> getRevokeApiKeyMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "RevokeApiKey",
      requestType = io.vitrine.v1.RevokeApiKeyRequest.class,
      responseType = com.google.protobuf.Empty.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.vitrine.v1.RevokeApiKeyRequest,
      com.google.protobuf.Empty> getRevokeApiKeyMethod() {
    io.grpc.MethodDescriptor<io.vitrine.v1.RevokeApiKeyRequest, com.google.protobuf.Empty> getRevokeApiKeyMethod;
    if ((getRevokeApiKeyMethod = AdminServiceGrpc.getRevokeApiKeyMethod) == null) {
      synchronized (AdminServiceGrpc.class) {
        if ((getRevokeApiKeyMethod = AdminServiceGrpc.getRevokeApiKeyMethod) == null) {
          AdminServiceGrpc.getRevokeApiKeyMethod = getRevokeApiKeyMethod =
              io.grpc.MethodDescriptor.<io.vitrine.v1.RevokeApiKeyRequest, com.google.protobuf.Empty>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "RevokeApiKey"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.vitrine.v1.RevokeApiKeyRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  com.google.protobuf.Empty.getDefaultInstance()))
              .setSchemaDescriptor(new AdminServiceMethodDescriptorSupplier("RevokeApiKey"))
              .build();
        }
      }
    }
    return getRevokeApiKeyMethod;
  }

  /**
   * Creates a new async stub that supports all call types for the service
   */
  public static AdminServiceStub newStub(io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<AdminServiceStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<AdminServiceStub>() {
        @java.lang.Override
        public AdminServiceStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new AdminServiceStub(channel, callOptions);
        }
      };
    return AdminServiceStub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports all types of calls on the service
   */
  public static AdminServiceBlockingV2Stub newBlockingV2Stub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<AdminServiceBlockingV2Stub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<AdminServiceBlockingV2Stub>() {
        @java.lang.Override
        public AdminServiceBlockingV2Stub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new AdminServiceBlockingV2Stub(channel, callOptions);
        }
      };
    return AdminServiceBlockingV2Stub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports unary and streaming output calls on the service
   */
  public static AdminServiceBlockingStub newBlockingStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<AdminServiceBlockingStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<AdminServiceBlockingStub>() {
        @java.lang.Override
        public AdminServiceBlockingStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new AdminServiceBlockingStub(channel, callOptions);
        }
      };
    return AdminServiceBlockingStub.newStub(factory, channel);
  }

  /**
   * Creates a new ListenableFuture-style stub that supports unary calls on the service
   */
  public static AdminServiceFutureStub newFutureStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<AdminServiceFutureStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<AdminServiceFutureStub>() {
        @java.lang.Override
        public AdminServiceFutureStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new AdminServiceFutureStub(channel, callOptions);
        }
      };
    return AdminServiceFutureStub.newStub(factory, channel);
  }

  /**
   * <pre>
   * AdminService looks after an installation.
   * </pre>
   */
  public interface AsyncService {

    /**
     * <pre>
     * GetStatus tells how the installation is: what it holds, whether writes are taken and
     * decisions answered, and how far behind what is learned is.
     * </pre>
     */
    default void getStatus(io.vitrine.v1.GetStatusRequest request,
        io.grpc.stub.StreamObserver<io.vitrine.v1.InstallationStatus> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getGetStatusMethod(), responseObserver);
    }

    /**
     * <pre>
     * Backup streams a copy of all data as it is at one moment, while decisions and events
     * go on. Every event acknowledged before is in it, and nothing that was erased before.
     * The copy is made first, into a file beside the data that needs as much free space as
     * the data takes (RESOURCE_EXHAUSTED where there is less), and then sent. Each piece has
     * its checksum. A backup that was cut off is resumed by asking again with its id and the
     * offset reached: the server keeps it for ten minutes after it was read last. NOT_FOUND
     * once it does not: begin another. FAILED_PRECONDITION while a compaction or another
     * backup is under way. `vitrine backup` writes a file of it that `vitrine restore`
     * takes.
     * </pre>
     */
    default void backup(io.vitrine.v1.BackupRequest request,
        io.grpc.stub.StreamObserver<io.vitrine.v1.BackupResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getBackupMethod(), responseObserver);
    }

    /**
     * <pre>
     * Compact rewrites the data files without what was deleted: after it no byte of what
     * was erased is in any of them. Decisions are answered meanwhile; events wait while the
     * files change places. It needs as much free space as the files take. It answers with
     * its progress. FAILED_PRECONDITION while another one is under way, or a
     * backup is made or read.
     * </pre>
     */
    default void compact(io.vitrine.v1.CompactRequest request,
        io.grpc.stub.StreamObserver<io.vitrine.v1.CompactResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getCompactMethod(), responseObserver);
    }

    /**
     * <pre>
     * CreateApiKey makes a key and tells its secret, this once: only a hash of it is kept.
     * The key works from then on.
     * </pre>
     */
    default void createApiKey(io.vitrine.v1.CreateApiKeyRequest request,
        io.grpc.stub.StreamObserver<io.vitrine.v1.CreateApiKeyResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getCreateApiKeyMethod(), responseObserver);
    }

    /**
     * <pre>
     * ListApiKeys returns the keys in the order of their names, without their secrets.
     * </pre>
     */
    default void listApiKeys(io.vitrine.v1.ListApiKeysRequest request,
        io.grpc.stub.StreamObserver<io.vitrine.v1.ListApiKeysResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getListApiKeysMethod(), responseObserver);
    }

    /**
     * <pre>
     * RevokeApiKey ends a key, for the very next call. NOT_FOUND if there is none.
     * </pre>
     */
    default void revokeApiKey(io.vitrine.v1.RevokeApiKeyRequest request,
        io.grpc.stub.StreamObserver<com.google.protobuf.Empty> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getRevokeApiKeyMethod(), responseObserver);
    }
  }

  /**
   * Base class for the server implementation of the service AdminService.
   * <pre>
   * AdminService looks after an installation.
   * </pre>
   */
  public static abstract class AdminServiceImplBase
      implements io.grpc.BindableService, AsyncService {

    @java.lang.Override public final io.grpc.ServerServiceDefinition bindService() {
      return AdminServiceGrpc.bindService(this);
    }
  }

  /**
   * A stub to allow clients to do asynchronous rpc calls to service AdminService.
   * <pre>
   * AdminService looks after an installation.
   * </pre>
   */
  public static final class AdminServiceStub
      extends io.grpc.stub.AbstractAsyncStub<AdminServiceStub> {
    private AdminServiceStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected AdminServiceStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new AdminServiceStub(channel, callOptions);
    }

    /**
     * <pre>
     * GetStatus tells how the installation is: what it holds, whether writes are taken and
     * decisions answered, and how far behind what is learned is.
     * </pre>
     */
    public void getStatus(io.vitrine.v1.GetStatusRequest request,
        io.grpc.stub.StreamObserver<io.vitrine.v1.InstallationStatus> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getGetStatusMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Backup streams a copy of all data as it is at one moment, while decisions and events
     * go on. Every event acknowledged before is in it, and nothing that was erased before.
     * The copy is made first, into a file beside the data that needs as much free space as
     * the data takes (RESOURCE_EXHAUSTED where there is less), and then sent. Each piece has
     * its checksum. A backup that was cut off is resumed by asking again with its id and the
     * offset reached: the server keeps it for ten minutes after it was read last. NOT_FOUND
     * once it does not: begin another. FAILED_PRECONDITION while a compaction or another
     * backup is under way. `vitrine backup` writes a file of it that `vitrine restore`
     * takes.
     * </pre>
     */
    public void backup(io.vitrine.v1.BackupRequest request,
        io.grpc.stub.StreamObserver<io.vitrine.v1.BackupResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncServerStreamingCall(
          getChannel().newCall(getBackupMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Compact rewrites the data files without what was deleted: after it no byte of what
     * was erased is in any of them. Decisions are answered meanwhile; events wait while the
     * files change places. It needs as much free space as the files take. It answers with
     * its progress. FAILED_PRECONDITION while another one is under way, or a
     * backup is made or read.
     * </pre>
     */
    public void compact(io.vitrine.v1.CompactRequest request,
        io.grpc.stub.StreamObserver<io.vitrine.v1.CompactResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncServerStreamingCall(
          getChannel().newCall(getCompactMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * CreateApiKey makes a key and tells its secret, this once: only a hash of it is kept.
     * The key works from then on.
     * </pre>
     */
    public void createApiKey(io.vitrine.v1.CreateApiKeyRequest request,
        io.grpc.stub.StreamObserver<io.vitrine.v1.CreateApiKeyResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getCreateApiKeyMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * ListApiKeys returns the keys in the order of their names, without their secrets.
     * </pre>
     */
    public void listApiKeys(io.vitrine.v1.ListApiKeysRequest request,
        io.grpc.stub.StreamObserver<io.vitrine.v1.ListApiKeysResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getListApiKeysMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * RevokeApiKey ends a key, for the very next call. NOT_FOUND if there is none.
     * </pre>
     */
    public void revokeApiKey(io.vitrine.v1.RevokeApiKeyRequest request,
        io.grpc.stub.StreamObserver<com.google.protobuf.Empty> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getRevokeApiKeyMethod(), getCallOptions()), request, responseObserver);
    }
  }

  /**
   * A stub to allow clients to do synchronous rpc calls to service AdminService.
   * <pre>
   * AdminService looks after an installation.
   * </pre>
   */
  public static final class AdminServiceBlockingV2Stub
      extends io.grpc.stub.AbstractBlockingStub<AdminServiceBlockingV2Stub> {
    private AdminServiceBlockingV2Stub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected AdminServiceBlockingV2Stub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new AdminServiceBlockingV2Stub(channel, callOptions);
    }

    /**
     * <pre>
     * GetStatus tells how the installation is: what it holds, whether writes are taken and
     * decisions answered, and how far behind what is learned is.
     * </pre>
     */
    public io.vitrine.v1.InstallationStatus getStatus(io.vitrine.v1.GetStatusRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getGetStatusMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Backup streams a copy of all data as it is at one moment, while decisions and events
     * go on. Every event acknowledged before is in it, and nothing that was erased before.
     * The copy is made first, into a file beside the data that needs as much free space as
     * the data takes (RESOURCE_EXHAUSTED where there is less), and then sent. Each piece has
     * its checksum. A backup that was cut off is resumed by asking again with its id and the
     * offset reached: the server keeps it for ten minutes after it was read last. NOT_FOUND
     * once it does not: begin another. FAILED_PRECONDITION while a compaction or another
     * backup is under way. `vitrine backup` writes a file of it that `vitrine restore`
     * takes.
     * </pre>
     */
    @io.grpc.ExperimentalApi("https://github.com/grpc/grpc-java/issues/10918")
    public io.grpc.stub.BlockingClientCall<?, io.vitrine.v1.BackupResponse>
        backup(io.vitrine.v1.BackupRequest request) {
      return io.grpc.stub.ClientCalls.blockingV2ServerStreamingCall(
          getChannel(), getBackupMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Compact rewrites the data files without what was deleted: after it no byte of what
     * was erased is in any of them. Decisions are answered meanwhile; events wait while the
     * files change places. It needs as much free space as the files take. It answers with
     * its progress. FAILED_PRECONDITION while another one is under way, or a
     * backup is made or read.
     * </pre>
     */
    @io.grpc.ExperimentalApi("https://github.com/grpc/grpc-java/issues/10918")
    public io.grpc.stub.BlockingClientCall<?, io.vitrine.v1.CompactResponse>
        compact(io.vitrine.v1.CompactRequest request) {
      return io.grpc.stub.ClientCalls.blockingV2ServerStreamingCall(
          getChannel(), getCompactMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * CreateApiKey makes a key and tells its secret, this once: only a hash of it is kept.
     * The key works from then on.
     * </pre>
     */
    public io.vitrine.v1.CreateApiKeyResponse createApiKey(io.vitrine.v1.CreateApiKeyRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getCreateApiKeyMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * ListApiKeys returns the keys in the order of their names, without their secrets.
     * </pre>
     */
    public io.vitrine.v1.ListApiKeysResponse listApiKeys(io.vitrine.v1.ListApiKeysRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getListApiKeysMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * RevokeApiKey ends a key, for the very next call. NOT_FOUND if there is none.
     * </pre>
     */
    public com.google.protobuf.Empty revokeApiKey(io.vitrine.v1.RevokeApiKeyRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getRevokeApiKeyMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do limited synchronous rpc calls to service AdminService.
   * <pre>
   * AdminService looks after an installation.
   * </pre>
   */
  public static final class AdminServiceBlockingStub
      extends io.grpc.stub.AbstractBlockingStub<AdminServiceBlockingStub> {
    private AdminServiceBlockingStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected AdminServiceBlockingStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new AdminServiceBlockingStub(channel, callOptions);
    }

    /**
     * <pre>
     * GetStatus tells how the installation is: what it holds, whether writes are taken and
     * decisions answered, and how far behind what is learned is.
     * </pre>
     */
    public io.vitrine.v1.InstallationStatus getStatus(io.vitrine.v1.GetStatusRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getGetStatusMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Backup streams a copy of all data as it is at one moment, while decisions and events
     * go on. Every event acknowledged before is in it, and nothing that was erased before.
     * The copy is made first, into a file beside the data that needs as much free space as
     * the data takes (RESOURCE_EXHAUSTED where there is less), and then sent. Each piece has
     * its checksum. A backup that was cut off is resumed by asking again with its id and the
     * offset reached: the server keeps it for ten minutes after it was read last. NOT_FOUND
     * once it does not: begin another. FAILED_PRECONDITION while a compaction or another
     * backup is under way. `vitrine backup` writes a file of it that `vitrine restore`
     * takes.
     * </pre>
     */
    public java.util.Iterator<io.vitrine.v1.BackupResponse> backup(
        io.vitrine.v1.BackupRequest request) {
      return io.grpc.stub.ClientCalls.blockingServerStreamingCall(
          getChannel(), getBackupMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Compact rewrites the data files without what was deleted: after it no byte of what
     * was erased is in any of them. Decisions are answered meanwhile; events wait while the
     * files change places. It needs as much free space as the files take. It answers with
     * its progress. FAILED_PRECONDITION while another one is under way, or a
     * backup is made or read.
     * </pre>
     */
    public java.util.Iterator<io.vitrine.v1.CompactResponse> compact(
        io.vitrine.v1.CompactRequest request) {
      return io.grpc.stub.ClientCalls.blockingServerStreamingCall(
          getChannel(), getCompactMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * CreateApiKey makes a key and tells its secret, this once: only a hash of it is kept.
     * The key works from then on.
     * </pre>
     */
    public io.vitrine.v1.CreateApiKeyResponse createApiKey(io.vitrine.v1.CreateApiKeyRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getCreateApiKeyMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * ListApiKeys returns the keys in the order of their names, without their secrets.
     * </pre>
     */
    public io.vitrine.v1.ListApiKeysResponse listApiKeys(io.vitrine.v1.ListApiKeysRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getListApiKeysMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * RevokeApiKey ends a key, for the very next call. NOT_FOUND if there is none.
     * </pre>
     */
    public com.google.protobuf.Empty revokeApiKey(io.vitrine.v1.RevokeApiKeyRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getRevokeApiKeyMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do ListenableFuture-style rpc calls to service AdminService.
   * <pre>
   * AdminService looks after an installation.
   * </pre>
   */
  public static final class AdminServiceFutureStub
      extends io.grpc.stub.AbstractFutureStub<AdminServiceFutureStub> {
    private AdminServiceFutureStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected AdminServiceFutureStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new AdminServiceFutureStub(channel, callOptions);
    }

    /**
     * <pre>
     * GetStatus tells how the installation is: what it holds, whether writes are taken and
     * decisions answered, and how far behind what is learned is.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.vitrine.v1.InstallationStatus> getStatus(
        io.vitrine.v1.GetStatusRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getGetStatusMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * CreateApiKey makes a key and tells its secret, this once: only a hash of it is kept.
     * The key works from then on.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.vitrine.v1.CreateApiKeyResponse> createApiKey(
        io.vitrine.v1.CreateApiKeyRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getCreateApiKeyMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * ListApiKeys returns the keys in the order of their names, without their secrets.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.vitrine.v1.ListApiKeysResponse> listApiKeys(
        io.vitrine.v1.ListApiKeysRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getListApiKeysMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * RevokeApiKey ends a key, for the very next call. NOT_FOUND if there is none.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<com.google.protobuf.Empty> revokeApiKey(
        io.vitrine.v1.RevokeApiKeyRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getRevokeApiKeyMethod(), getCallOptions()), request);
    }
  }

  private static final int METHODID_GET_STATUS = 0;
  private static final int METHODID_BACKUP = 1;
  private static final int METHODID_COMPACT = 2;
  private static final int METHODID_CREATE_API_KEY = 3;
  private static final int METHODID_LIST_API_KEYS = 4;
  private static final int METHODID_REVOKE_API_KEY = 5;

  private static final class MethodHandlers<Req, Resp> implements
      io.grpc.stub.ServerCalls.UnaryMethod<Req, Resp>,
      io.grpc.stub.ServerCalls.ServerStreamingMethod<Req, Resp>,
      io.grpc.stub.ServerCalls.ClientStreamingMethod<Req, Resp>,
      io.grpc.stub.ServerCalls.BidiStreamingMethod<Req, Resp> {
    private final AsyncService serviceImpl;
    private final int methodId;

    MethodHandlers(AsyncService serviceImpl, int methodId) {
      this.serviceImpl = serviceImpl;
      this.methodId = methodId;
    }

    @java.lang.Override
    @java.lang.SuppressWarnings("unchecked")
    public void invoke(Req request, io.grpc.stub.StreamObserver<Resp> responseObserver) {
      switch (methodId) {
        case METHODID_GET_STATUS:
          serviceImpl.getStatus((io.vitrine.v1.GetStatusRequest) request,
              (io.grpc.stub.StreamObserver<io.vitrine.v1.InstallationStatus>) responseObserver);
          break;
        case METHODID_BACKUP:
          serviceImpl.backup((io.vitrine.v1.BackupRequest) request,
              (io.grpc.stub.StreamObserver<io.vitrine.v1.BackupResponse>) responseObserver);
          break;
        case METHODID_COMPACT:
          serviceImpl.compact((io.vitrine.v1.CompactRequest) request,
              (io.grpc.stub.StreamObserver<io.vitrine.v1.CompactResponse>) responseObserver);
          break;
        case METHODID_CREATE_API_KEY:
          serviceImpl.createApiKey((io.vitrine.v1.CreateApiKeyRequest) request,
              (io.grpc.stub.StreamObserver<io.vitrine.v1.CreateApiKeyResponse>) responseObserver);
          break;
        case METHODID_LIST_API_KEYS:
          serviceImpl.listApiKeys((io.vitrine.v1.ListApiKeysRequest) request,
              (io.grpc.stub.StreamObserver<io.vitrine.v1.ListApiKeysResponse>) responseObserver);
          break;
        case METHODID_REVOKE_API_KEY:
          serviceImpl.revokeApiKey((io.vitrine.v1.RevokeApiKeyRequest) request,
              (io.grpc.stub.StreamObserver<com.google.protobuf.Empty>) responseObserver);
          break;
        default:
          throw new AssertionError();
      }
    }

    @java.lang.Override
    @java.lang.SuppressWarnings("unchecked")
    public io.grpc.stub.StreamObserver<Req> invoke(
        io.grpc.stub.StreamObserver<Resp> responseObserver) {
      switch (methodId) {
        default:
          throw new AssertionError();
      }
    }
  }

  public static final io.grpc.ServerServiceDefinition bindService(AsyncService service) {
    return io.grpc.ServerServiceDefinition.builder(getServiceDescriptor())
        .addMethod(
          getGetStatusMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.vitrine.v1.GetStatusRequest,
              io.vitrine.v1.InstallationStatus>(
                service, METHODID_GET_STATUS)))
        .addMethod(
          getBackupMethod(),
          io.grpc.stub.ServerCalls.asyncServerStreamingCall(
            new MethodHandlers<
              io.vitrine.v1.BackupRequest,
              io.vitrine.v1.BackupResponse>(
                service, METHODID_BACKUP)))
        .addMethod(
          getCompactMethod(),
          io.grpc.stub.ServerCalls.asyncServerStreamingCall(
            new MethodHandlers<
              io.vitrine.v1.CompactRequest,
              io.vitrine.v1.CompactResponse>(
                service, METHODID_COMPACT)))
        .addMethod(
          getCreateApiKeyMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.vitrine.v1.CreateApiKeyRequest,
              io.vitrine.v1.CreateApiKeyResponse>(
                service, METHODID_CREATE_API_KEY)))
        .addMethod(
          getListApiKeysMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.vitrine.v1.ListApiKeysRequest,
              io.vitrine.v1.ListApiKeysResponse>(
                service, METHODID_LIST_API_KEYS)))
        .addMethod(
          getRevokeApiKeyMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.vitrine.v1.RevokeApiKeyRequest,
              com.google.protobuf.Empty>(
                service, METHODID_REVOKE_API_KEY)))
        .build();
  }

  private static abstract class AdminServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoFileDescriptorSupplier, io.grpc.protobuf.ProtoServiceDescriptorSupplier {
    AdminServiceBaseDescriptorSupplier() {}

    @java.lang.Override
    public com.google.protobuf.Descriptors.FileDescriptor getFileDescriptor() {
      return io.vitrine.v1.AdminServiceProto.getDescriptor();
    }

    @java.lang.Override
    public com.google.protobuf.Descriptors.ServiceDescriptor getServiceDescriptor() {
      return getFileDescriptor().findServiceByName("AdminService");
    }
  }

  private static final class AdminServiceFileDescriptorSupplier
      extends AdminServiceBaseDescriptorSupplier {
    AdminServiceFileDescriptorSupplier() {}
  }

  private static final class AdminServiceMethodDescriptorSupplier
      extends AdminServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoMethodDescriptorSupplier {
    private final java.lang.String methodName;

    AdminServiceMethodDescriptorSupplier(java.lang.String methodName) {
      this.methodName = methodName;
    }

    @java.lang.Override
    public com.google.protobuf.Descriptors.MethodDescriptor getMethodDescriptor() {
      return getServiceDescriptor().findMethodByName(methodName);
    }
  }

  private static volatile io.grpc.ServiceDescriptor serviceDescriptor;

  public static io.grpc.ServiceDescriptor getServiceDescriptor() {
    io.grpc.ServiceDescriptor result = serviceDescriptor;
    if (result == null) {
      synchronized (AdminServiceGrpc.class) {
        result = serviceDescriptor;
        if (result == null) {
          serviceDescriptor = result = io.grpc.ServiceDescriptor.newBuilder(SERVICE_NAME)
              .setSchemaDescriptor(new AdminServiceFileDescriptorSupplier())
              .addMethod(getGetStatusMethod())
              .addMethod(getBackupMethod())
              .addMethod(getCompactMethod())
              .addMethod(getCreateApiKeyMethod())
              .addMethod(getListApiKeysMethod())
              .addMethod(getRevokeApiKeyMethod())
              .build();
        }
      }
    }
    return result;
  }
}
