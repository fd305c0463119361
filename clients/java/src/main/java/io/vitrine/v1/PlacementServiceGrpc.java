package io.vitrine.v1;

import static io.grpc.MethodDescriptor.generateFullMethodName;

/**
 * <pre>
 * PlacementService keeps where something is shown, and by which rules. A change
 * holds for the very next decision.
 * </pre>
 */
@io.grpc.stub.annotations.GrpcGenerated
public final class PlacementServiceGrpc {

  private PlacementServiceGrpc() {}

  public static final java.lang.String SERVICE_NAME = "vitrine.v1.PlacementService";

  // Static method descriptors that strictly reflect the proto.
  private static volatile io.grpc.MethodDescriptor<io.vitrine.v1.CreatePlacementRequest,
      io.vitrine.v1.Placement> getCreatePlacementMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "CreatePlacement",
      requestType = io.vitrine.v1.CreatePlacementRequest.class,
      responseType = io.vitrine.v1.Placement.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.vitrine.v1.CreatePlacementRequest,
      io.vitrine.v1.Placement> getCreatePlacementMethod() {
    io.grpc.MethodDescriptor<io.vitrine.v1.CreatePlacementRequest, io.vitrine.v1.Placement> getCreatePlacementMethod;
    if ((getCreatePlacementMethod = PlacementServiceGrpc.getCreatePlacementMethod) == null) {
      synchronized (PlacementServiceGrpc.class) {
        if ((getCreatePlacementMethod = PlacementServiceGrpc.getCreatePlacementMethod) == null) {
          PlacementServiceGrpc.getCreatePlacementMethod = getCreatePlacementMethod =
              io.grpc.MethodDescriptor.<io.vitrine.v1.CreatePlacementRequest, io.vitrine.v1.Placement>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "CreatePlacement"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.vitrine.v1.CreatePlacementRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.vitrine.v1.Placement.getDefaultInstance()))
              .setSchemaDescriptor(new PlacementServiceMethodDescriptorSupplier("CreatePlacement"))
              .build();
        }
      }
    }
    return getCreatePlacementMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.vitrine.v1.GetPlacementRequest,
      io.vitrine.v1.Placement> getGetPlacementMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "GetPlacement",
      requestType = io.vitrine.v1.GetPlacementRequest.class,
      responseType = io.vitrine.v1.Placement.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.vitrine.v1.GetPlacementRequest,
      io.vitrine.v1.Placement> getGetPlacementMethod() {
    io.grpc.MethodDescriptor<io.vitrine.v1.GetPlacementRequest, io.vitrine.v1.Placement> getGetPlacementMethod;
    if ((getGetPlacementMethod = PlacementServiceGrpc.getGetPlacementMethod) == null) {
      synchronized (PlacementServiceGrpc.class) {
        if ((getGetPlacementMethod = PlacementServiceGrpc.getGetPlacementMethod) == null) {
          PlacementServiceGrpc.getGetPlacementMethod = getGetPlacementMethod =
              io.grpc.MethodDescriptor.<io.vitrine.v1.GetPlacementRequest, io.vitrine.v1.Placement>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "GetPlacement"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.vitrine.v1.GetPlacementRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.vitrine.v1.Placement.getDefaultInstance()))
              .setSchemaDescriptor(new PlacementServiceMethodDescriptorSupplier("GetPlacement"))
              .build();
        }
      }
    }
    return getGetPlacementMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.vitrine.v1.ListPlacementsRequest,
      io.vitrine.v1.ListPlacementsResponse> getListPlacementsMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ListPlacements",
      requestType = io.vitrine.v1.ListPlacementsRequest.class,
      responseType = io.vitrine.v1.ListPlacementsResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.vitrine.v1.ListPlacementsRequest,
      io.vitrine.v1.ListPlacementsResponse> getListPlacementsMethod() {
    io.grpc.MethodDescriptor<io.vitrine.v1.ListPlacementsRequest, io.vitrine.v1.ListPlacementsResponse> getListPlacementsMethod;
    if ((getListPlacementsMethod = PlacementServiceGrpc.getListPlacementsMethod) == null) {
      synchronized (PlacementServiceGrpc.class) {
        if ((getListPlacementsMethod = PlacementServiceGrpc.getListPlacementsMethod) == null) {
          PlacementServiceGrpc.getListPlacementsMethod = getListPlacementsMethod =
              io.grpc.MethodDescriptor.<io.vitrine.v1.ListPlacementsRequest, io.vitrine.v1.ListPlacementsResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ListPlacements"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.vitrine.v1.ListPlacementsRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.vitrine.v1.ListPlacementsResponse.getDefaultInstance()))
              .setSchemaDescriptor(new PlacementServiceMethodDescriptorSupplier("ListPlacements"))
              .build();
        }
      }
    }
    return getListPlacementsMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.vitrine.v1.UpdatePlacementRequest,
      io.vitrine.v1.Placement> getUpdatePlacementMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "UpdatePlacement",
      requestType = io.vitrine.v1.UpdatePlacementRequest.class,
      responseType = io.vitrine.v1.Placement.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.vitrine.v1.UpdatePlacementRequest,
      io.vitrine.v1.Placement> getUpdatePlacementMethod() {
    io.grpc.MethodDescriptor<io.vitrine.v1.UpdatePlacementRequest, io.vitrine.v1.Placement> getUpdatePlacementMethod;
    if ((getUpdatePlacementMethod = PlacementServiceGrpc.getUpdatePlacementMethod) == null) {
      synchronized (PlacementServiceGrpc.class) {
        if ((getUpdatePlacementMethod = PlacementServiceGrpc.getUpdatePlacementMethod) == null) {
          PlacementServiceGrpc.getUpdatePlacementMethod = getUpdatePlacementMethod =
              io.grpc.MethodDescriptor.<io.vitrine.v1.UpdatePlacementRequest, io.vitrine.v1.Placement>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "UpdatePlacement"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.vitrine.v1.UpdatePlacementRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.vitrine.v1.Placement.getDefaultInstance()))
              .setSchemaDescriptor(new PlacementServiceMethodDescriptorSupplier("UpdatePlacement"))
              .build();
        }
      }
    }
    return getUpdatePlacementMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.vitrine.v1.DeletePlacementRequest,
      com.google.protobuf.Empty> getDeletePlacementMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "DeletePlacement",
      requestType = io.vitrine.v1.DeletePlacementRequest.class,
      responseType = com.google.protobuf.Empty.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.vitrine.v1.DeletePlacementRequest,
      com.google.protobuf.Empty> getDeletePlacementMethod() {
    io.grpc.MethodDescriptor<io.vitrine.v1.DeletePlacementRequest, com.google.protobuf.Empty> getDeletePlacementMethod;
    if ((getDeletePlacementMethod = PlacementServiceGrpc.getDeletePlacementMethod) == null) {
      synchronized (PlacementServiceGrpc.class) {
        if ((getDeletePlacementMethod = PlacementServiceGrpc.getDeletePlacementMethod) == null) {
          PlacementServiceGrpc.getDeletePlacementMethod = getDeletePlacementMethod =
              io.grpc.MethodDescriptor.<io.vitrine.v1.DeletePlacementRequest, com.google.protobuf.Empty>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "DeletePlacement"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.vitrine.v1.DeletePlacementRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  com.google.protobuf.Empty.getDefaultInstance()))
              .setSchemaDescriptor(new PlacementServiceMethodDescriptorSupplier("DeletePlacement"))
              .build();
        }
      }
    }
    return getDeletePlacementMethod;
  }

  /**
   * Creates a new async stub that supports all call types for the service
   */
  public static PlacementServiceStub newStub(io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<PlacementServiceStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<PlacementServiceStub>() {
        @java.lang.Override
        public PlacementServiceStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new PlacementServiceStub(channel, callOptions);
        }
      };
    return PlacementServiceStub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports all types of calls on the service
   */
  public static PlacementServiceBlockingV2Stub newBlockingV2Stub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<PlacementServiceBlockingV2Stub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<PlacementServiceBlockingV2Stub>() {
        @java.lang.Override
        public PlacementServiceBlockingV2Stub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new PlacementServiceBlockingV2Stub(channel, callOptions);
        }
      };
    return PlacementServiceBlockingV2Stub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports unary and streaming output calls on the service
   */
  public static PlacementServiceBlockingStub newBlockingStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<PlacementServiceBlockingStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<PlacementServiceBlockingStub>() {
        @java.lang.Override
        public PlacementServiceBlockingStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new PlacementServiceBlockingStub(channel, callOptions);
        }
      };
    return PlacementServiceBlockingStub.newStub(factory, channel);
  }

  /**
   * Creates a new ListenableFuture-style stub that supports unary calls on the service
   */
  public static PlacementServiceFutureStub newFutureStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<PlacementServiceFutureStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<PlacementServiceFutureStub>() {
        @java.lang.Override
        public PlacementServiceFutureStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new PlacementServiceFutureStub(channel, callOptions);
        }
      };
    return PlacementServiceFutureStub.newStub(factory, channel);
  }

  /**
   * <pre>
   * PlacementService keeps where something is shown, and by which rules. A change
   * holds for the very next decision.
   * </pre>
   */
  public interface AsyncService {

    /**
     * <pre>
     * CreatePlacement adds a placement. ALREADY_EXISTS if the id is taken.
     * </pre>
     */
    default void createPlacement(io.vitrine.v1.CreatePlacementRequest request,
        io.grpc.stub.StreamObserver<io.vitrine.v1.Placement> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getCreatePlacementMethod(), responseObserver);
    }

    /**
     * <pre>
     * GetPlacement returns one placement, or NOT_FOUND.
     * </pre>
     */
    default void getPlacement(io.vitrine.v1.GetPlacementRequest request,
        io.grpc.stub.StreamObserver<io.vitrine.v1.Placement> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getGetPlacementMethod(), responseObserver);
    }

    /**
     * <pre>
     * ListPlacements returns the placements in the order of their ids.
     * </pre>
     */
    default void listPlacements(io.vitrine.v1.ListPlacementsRequest request,
        io.grpc.stub.StreamObserver<io.vitrine.v1.ListPlacementsResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getListPlacementsMethod(), responseObserver);
    }

    /**
     * <pre>
     * UpdatePlacement changes the fields in update_mask. ABORTED if the etag is
     * stale.
     * </pre>
     */
    default void updatePlacement(io.vitrine.v1.UpdatePlacementRequest request,
        io.grpc.stub.StreamObserver<io.vitrine.v1.Placement> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getUpdatePlacementMethod(), responseObserver);
    }

    /**
     * <pre>
     * DeletePlacement removes a placement; decisions that name it are refused
     * from then on.
     * </pre>
     */
    default void deletePlacement(io.vitrine.v1.DeletePlacementRequest request,
        io.grpc.stub.StreamObserver<com.google.protobuf.Empty> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getDeletePlacementMethod(), responseObserver);
    }
  }

  /**
   * Base class for the server implementation of the service PlacementService.
   * <pre>
   * PlacementService keeps where something is shown, and by which rules. A change
   * holds for the very next decision.
   * </pre>
   */
  public static abstract class PlacementServiceImplBase
      implements io.grpc.BindableService, AsyncService {

    @java.lang.Override public final io.grpc.ServerServiceDefinition bindService() {
      return PlacementServiceGrpc.bindService(this);
    }
  }

  /**
   * A stub to allow clients to do asynchronous rpc calls to service PlacementService.
   * <pre>
   * PlacementService keeps where something is shown, and by which rules. A change
   * holds for the very next decision.
   * </pre>
   */
  public static final class PlacementServiceStub
      extends io.grpc.stub.AbstractAsyncStub<PlacementServiceStub> {
    private PlacementServiceStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected PlacementServiceStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new PlacementServiceStub(channel, callOptions);
    }

    /**
     * <pre>
     * CreatePlacement adds a placement. ALREADY_EXISTS if the id is taken.
     * </pre>
     */
    public void createPlacement(io.vitrine.v1.CreatePlacementRequest request,
        io.grpc.stub.StreamObserver<io.vitrine.v1.Placement> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getCreatePlacementMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * GetPlacement returns one placement, or NOT_FOUND.
     * </pre>
     */
    public void getPlacement(io.vitrine.v1.GetPlacementRequest request,
        io.grpc.stub.StreamObserver<io.vitrine.v1.Placement> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getGetPlacementMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * ListPlacements returns the placements in the order of their ids.
     * </pre>
     */
    public void listPlacements(io.vitrine.v1.ListPlacementsRequest request,
        io.grpc.stub.StreamObserver<io.vitrine.v1.ListPlacementsResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getListPlacementsMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * UpdatePlacement changes the fields in update_mask. ABORTED if the etag is
     * stale.
     * </pre>
     */
    public void updatePlacement(io.vitrine.v1.UpdatePlacementRequest request,
        io.grpc.stub.StreamObserver<io.vitrine.v1.Placement> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getUpdatePlacementMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * DeletePlacement removes a placement; decisions that name it are refused
     * from then on.
     * </pre>
     */
    public void deletePlacement(io.vitrine.v1.DeletePlacementRequest request,
        io.grpc.stub.StreamObserver<com.google.protobuf.Empty> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getDeletePlacementMethod(), getCallOptions()), request, responseObserver);
    }
  }

  /**
   * A stub to allow clients to do synchronous rpc calls to service PlacementService.
   * <pre>
   * PlacementService keeps where something is shown, and by which rules. A change
   * holds for the very next decision.
   * </pre>
   */
  public static final class PlacementServiceBlockingV2Stub
      extends io.grpc.stub.AbstractBlockingStub<PlacementServiceBlockingV2Stub> {
    private PlacementServiceBlockingV2Stub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected PlacementServiceBlockingV2Stub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new PlacementServiceBlockingV2Stub(channel, callOptions);
    }

    /**
     * <pre>
     * CreatePlacement adds a placement. ALREADY_EXISTS if the id is taken.
     * </pre>
     */
    public io.vitrine.v1.Placement createPlacement(io.vitrine.v1.CreatePlacementRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getCreatePlacementMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * GetPlacement returns one placement, or NOT_FOUND.
     * </pre>
     */
    public io.vitrine.v1.Placement getPlacement(io.vitrine.v1.GetPlacementRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getGetPlacementMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * ListPlacements returns the placements in the order of their ids.
     * </pre>
     */
    public io.vitrine.v1.ListPlacementsResponse listPlacements(io.vitrine.v1.ListPlacementsRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getListPlacementsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * UpdatePlacement changes the fields in update_mask. ABORTED if the etag is
     * stale.
     * </pre>
     */
    public io.vitrine.v1.Placement updatePlacement(io.vitrine.v1.UpdatePlacementRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getUpdatePlacementMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * DeletePlacement removes a placement; decisions that name it are refused
     * from then on.
     * </pre>
     */
    public com.google.protobuf.Empty deletePlacement(io.vitrine.v1.DeletePlacementRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getDeletePlacementMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do limited synchronous rpc calls to service PlacementService.
   * <pre>
   * PlacementService keeps where something is shown, and by which rules. A change
   * holds for the very next decision.
   * </pre>
   */
  public static final class PlacementServiceBlockingStub
      extends io.grpc.stub.AbstractBlockingStub<PlacementServiceBlockingStub> {
    private PlacementServiceBlockingStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected PlacementServiceBlockingStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new PlacementServiceBlockingStub(channel, callOptions);
    }

    /**
     * <pre>
     * CreatePlacement adds a placement. ALREADY_EXISTS if the id is taken.
     * </pre>
     */
    public io.vitrine.v1.Placement createPlacement(io.vitrine.v1.CreatePlacementRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getCreatePlacementMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * GetPlacement returns one placement, or NOT_FOUND.
     * </pre>
     */
    public io.vitrine.v1.Placement getPlacement(io.vitrine.v1.GetPlacementRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getGetPlacementMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * ListPlacements returns the placements in the order of their ids.
     * </pre>
     */
    public io.vitrine.v1.ListPlacementsResponse listPlacements(io.vitrine.v1.ListPlacementsRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getListPlacementsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * UpdatePlacement changes the fields in update_mask. ABORTED if the etag is
     * stale.
     * </pre>
     */
    public io.vitrine.v1.Placement updatePlacement(io.vitrine.v1.UpdatePlacementRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getUpdatePlacementMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * DeletePlacement removes a placement; decisions that name it are refused
     * from then on.
     * </pre>
     */
    public com.google.protobuf.Empty deletePlacement(io.vitrine.v1.DeletePlacementRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getDeletePlacementMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do ListenableFuture-style rpc calls to service PlacementService.
   * <pre>
   * PlacementService keeps where something is shown, and by which rules. A change
   * holds for the very next decision.
   * </pre>
   */
  public static final class PlacementServiceFutureStub
      extends io.grpc.stub.AbstractFutureStub<PlacementServiceFutureStub> {
    private PlacementServiceFutureStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected PlacementServiceFutureStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new PlacementServiceFutureStub(channel, callOptions);
    }

    /**
     * <pre>
     * CreatePlacement adds a placement. ALREADY_EXISTS if the id is taken.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.vitrine.v1.Placement> createPlacement(
        io.vitrine.v1.CreatePlacementRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getCreatePlacementMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * GetPlacement returns one placement, or NOT_FOUND.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.vitrine.v1.Placement> getPlacement(
        io.vitrine.v1.GetPlacementRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getGetPlacementMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * ListPlacements returns the placements in the order of their ids.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.vitrine.v1.ListPlacementsResponse> listPlacements(
        io.vitrine.v1.ListPlacementsRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getListPlacementsMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * UpdatePlacement changes the fields in update_mask. ABORTED if the etag is
     * stale.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.vitrine.v1.Placement> updatePlacement(
        io.vitrine.v1.UpdatePlacementRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getUpdatePlacementMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * DeletePlacement removes a placement; decisions that name it are refused
     * from then on.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<com.google.protobuf.Empty> deletePlacement(
        io.vitrine.v1.DeletePlacementRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getDeletePlacementMethod(), getCallOptions()), request);
    }
  }

  private static final int METHODID_CREATE_PLACEMENT = 0;
  private static final int METHODID_GET_PLACEMENT = 1;
  private static final int METHODID_LIST_PLACEMENTS = 2;
  private static final int METHODID_UPDATE_PLACEMENT = 3;
  private static final int METHODID_DELETE_PLACEMENT = 4;

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
        case METHODID_CREATE_PLACEMENT:
          serviceImpl.createPlacement((io.vitrine.v1.CreatePlacementRequest) request,
              (io.grpc.stub.StreamObserver<io.vitrine.v1.Placement>) responseObserver);
          break;
        case METHODID_GET_PLACEMENT:
          serviceImpl.getPlacement((io.vitrine.v1.GetPlacementRequest) request,
              (io.grpc.stub.StreamObserver<io.vitrine.v1.Placement>) responseObserver);
          break;
        case METHODID_LIST_PLACEMENTS:
          serviceImpl.listPlacements((io.vitrine.v1.ListPlacementsRequest) request,
              (io.grpc.stub.StreamObserver<io.vitrine.v1.ListPlacementsResponse>) responseObserver);
          break;
        case METHODID_UPDATE_PLACEMENT:
          serviceImpl.updatePlacement((io.vitrine.v1.UpdatePlacementRequest) request,
              (io.grpc.stub.StreamObserver<io.vitrine.v1.Placement>) responseObserver);
          break;
        case METHODID_DELETE_PLACEMENT:
          serviceImpl.deletePlacement((io.vitrine.v1.DeletePlacementRequest) request,
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
          getCreatePlacementMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.vitrine.v1.CreatePlacementRequest,
              io.vitrine.v1.Placement>(
                service, METHODID_CREATE_PLACEMENT)))
        .addMethod(
          getGetPlacementMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.vitrine.v1.GetPlacementRequest,
              io.vitrine.v1.Placement>(
                service, METHODID_GET_PLACEMENT)))
        .addMethod(
          getListPlacementsMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.vitrine.v1.ListPlacementsRequest,
              io.vitrine.v1.ListPlacementsResponse>(
                service, METHODID_LIST_PLACEMENTS)))
        .addMethod(
          getUpdatePlacementMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.vitrine.v1.UpdatePlacementRequest,
              io.vitrine.v1.Placement>(
                service, METHODID_UPDATE_PLACEMENT)))
        .addMethod(
          getDeletePlacementMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.vitrine.v1.DeletePlacementRequest,
              com.google.protobuf.Empty>(
                service, METHODID_DELETE_PLACEMENT)))
        .build();
  }

  private static abstract class PlacementServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoFileDescriptorSupplier, io.grpc.protobuf.ProtoServiceDescriptorSupplier {
    PlacementServiceBaseDescriptorSupplier() {}

    @java.lang.Override
    public com.google.protobuf.Descriptors.FileDescriptor getFileDescriptor() {
      return io.vitrine.v1.PlacementServiceProto.getDescriptor();
    }

    @java.lang.Override
    public com.google.protobuf.Descriptors.ServiceDescriptor getServiceDescriptor() {
      return getFileDescriptor().findServiceByName("PlacementService");
    }
  }

  private static final class PlacementServiceFileDescriptorSupplier
      extends PlacementServiceBaseDescriptorSupplier {
    PlacementServiceFileDescriptorSupplier() {}
  }

  private static final class PlacementServiceMethodDescriptorSupplier
      extends PlacementServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoMethodDescriptorSupplier {
    private final java.lang.String methodName;

    PlacementServiceMethodDescriptorSupplier(java.lang.String methodName) {
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
      synchronized (PlacementServiceGrpc.class) {
        result = serviceDescriptor;
        if (result == null) {
          serviceDescriptor = result = io.grpc.ServiceDescriptor.newBuilder(SERVICE_NAME)
              .setSchemaDescriptor(new PlacementServiceFileDescriptorSupplier())
              .addMethod(getCreatePlacementMethod())
              .addMethod(getGetPlacementMethod())
              .addMethod(getListPlacementsMethod())
              .addMethod(getUpdatePlacementMethod())
              .addMethod(getDeletePlacementMethod())
              .build();
        }
      }
    }
    return result;
  }
}
