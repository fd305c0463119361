package io.vitrine.v1;

import static io.grpc.MethodDescriptor.generateFullMethodName;

/**
 * <pre>
 * RankingService tells what weights a placement of products ranks by, and what
 * they rest on; keeps them as they are, and lets what was learned go. Weights are
 * learned for a site as a whole, in parts: one that all decisions share, one of
 * each situation, one of each objective, and one of each kind of page and
 * objective. Placements on the same kind of page with the same objective share
 * theirs.
 * </pre>
 */
@io.grpc.stub.annotations.GrpcGenerated
public final class RankingServiceGrpc {

  private RankingServiceGrpc() {}

  public static final java.lang.String SERVICE_NAME = "vitrine.v1.RankingService";

  // Static method descriptors that strictly reflect the proto.
  private static volatile io.grpc.MethodDescriptor<io.vitrine.v1.GetWeightsRequest,
      io.vitrine.v1.Weights> getGetWeightsMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "GetWeights",
      requestType = io.vitrine.v1.GetWeightsRequest.class,
      responseType = io.vitrine.v1.Weights.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.vitrine.v1.GetWeightsRequest,
      io.vitrine.v1.Weights> getGetWeightsMethod() {
    io.grpc.MethodDescriptor<io.vitrine.v1.GetWeightsRequest, io.vitrine.v1.Weights> getGetWeightsMethod;
    if ((getGetWeightsMethod = RankingServiceGrpc.getGetWeightsMethod) == null) {
      synchronized (RankingServiceGrpc.class) {
        if ((getGetWeightsMethod = RankingServiceGrpc.getGetWeightsMethod) == null) {
          RankingServiceGrpc.getGetWeightsMethod = getGetWeightsMethod =
              io.grpc.MethodDescriptor.<io.vitrine.v1.GetWeightsRequest, io.vitrine.v1.Weights>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "GetWeights"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.vitrine.v1.GetWeightsRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.vitrine.v1.Weights.getDefaultInstance()))
              .setSchemaDescriptor(new RankingServiceMethodDescriptorSupplier("GetWeights"))
              .build();
        }
      }
    }
    return getGetWeightsMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.vitrine.v1.FreezeWeightsRequest,
      io.vitrine.v1.Weights> getFreezeWeightsMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "FreezeWeights",
      requestType = io.vitrine.v1.FreezeWeightsRequest.class,
      responseType = io.vitrine.v1.Weights.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.vitrine.v1.FreezeWeightsRequest,
      io.vitrine.v1.Weights> getFreezeWeightsMethod() {
    io.grpc.MethodDescriptor<io.vitrine.v1.FreezeWeightsRequest, io.vitrine.v1.Weights> getFreezeWeightsMethod;
    if ((getFreezeWeightsMethod = RankingServiceGrpc.getFreezeWeightsMethod) == null) {
      synchronized (RankingServiceGrpc.class) {
        if ((getFreezeWeightsMethod = RankingServiceGrpc.getFreezeWeightsMethod) == null) {
          RankingServiceGrpc.getFreezeWeightsMethod = getFreezeWeightsMethod =
              io.grpc.MethodDescriptor.<io.vitrine.v1.FreezeWeightsRequest, io.vitrine.v1.Weights>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "FreezeWeights"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.vitrine.v1.FreezeWeightsRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.vitrine.v1.Weights.getDefaultInstance()))
              .setSchemaDescriptor(new RankingServiceMethodDescriptorSupplier("FreezeWeights"))
              .build();
        }
      }
    }
    return getFreezeWeightsMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.vitrine.v1.UnfreezeWeightsRequest,
      io.vitrine.v1.Weights> getUnfreezeWeightsMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "UnfreezeWeights",
      requestType = io.vitrine.v1.UnfreezeWeightsRequest.class,
      responseType = io.vitrine.v1.Weights.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.vitrine.v1.UnfreezeWeightsRequest,
      io.vitrine.v1.Weights> getUnfreezeWeightsMethod() {
    io.grpc.MethodDescriptor<io.vitrine.v1.UnfreezeWeightsRequest, io.vitrine.v1.Weights> getUnfreezeWeightsMethod;
    if ((getUnfreezeWeightsMethod = RankingServiceGrpc.getUnfreezeWeightsMethod) == null) {
      synchronized (RankingServiceGrpc.class) {
        if ((getUnfreezeWeightsMethod = RankingServiceGrpc.getUnfreezeWeightsMethod) == null) {
          RankingServiceGrpc.getUnfreezeWeightsMethod = getUnfreezeWeightsMethod =
              io.grpc.MethodDescriptor.<io.vitrine.v1.UnfreezeWeightsRequest, io.vitrine.v1.Weights>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "UnfreezeWeights"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.vitrine.v1.UnfreezeWeightsRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.vitrine.v1.Weights.getDefaultInstance()))
              .setSchemaDescriptor(new RankingServiceMethodDescriptorSupplier("UnfreezeWeights"))
              .build();
        }
      }
    }
    return getUnfreezeWeightsMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.vitrine.v1.ResetWeightsRequest,
      com.google.protobuf.Empty> getResetWeightsMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ResetWeights",
      requestType = io.vitrine.v1.ResetWeightsRequest.class,
      responseType = com.google.protobuf.Empty.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.vitrine.v1.ResetWeightsRequest,
      com.google.protobuf.Empty> getResetWeightsMethod() {
    io.grpc.MethodDescriptor<io.vitrine.v1.ResetWeightsRequest, com.google.protobuf.Empty> getResetWeightsMethod;
    if ((getResetWeightsMethod = RankingServiceGrpc.getResetWeightsMethod) == null) {
      synchronized (RankingServiceGrpc.class) {
        if ((getResetWeightsMethod = RankingServiceGrpc.getResetWeightsMethod) == null) {
          RankingServiceGrpc.getResetWeightsMethod = getResetWeightsMethod =
              io.grpc.MethodDescriptor.<io.vitrine.v1.ResetWeightsRequest, com.google.protobuf.Empty>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ResetWeights"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.vitrine.v1.ResetWeightsRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  com.google.protobuf.Empty.getDefaultInstance()))
              .setSchemaDescriptor(new RankingServiceMethodDescriptorSupplier("ResetWeights"))
              .build();
        }
      }
    }
    return getResetWeightsMethod;
  }

  /**
   * Creates a new async stub that supports all call types for the service
   */
  public static RankingServiceStub newStub(io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<RankingServiceStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<RankingServiceStub>() {
        @java.lang.Override
        public RankingServiceStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new RankingServiceStub(channel, callOptions);
        }
      };
    return RankingServiceStub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports all types of calls on the service
   */
  public static RankingServiceBlockingV2Stub newBlockingV2Stub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<RankingServiceBlockingV2Stub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<RankingServiceBlockingV2Stub>() {
        @java.lang.Override
        public RankingServiceBlockingV2Stub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new RankingServiceBlockingV2Stub(channel, callOptions);
        }
      };
    return RankingServiceBlockingV2Stub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports unary and streaming output calls on the service
   */
  public static RankingServiceBlockingStub newBlockingStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<RankingServiceBlockingStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<RankingServiceBlockingStub>() {
        @java.lang.Override
        public RankingServiceBlockingStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new RankingServiceBlockingStub(channel, callOptions);
        }
      };
    return RankingServiceBlockingStub.newStub(factory, channel);
  }

  /**
   * Creates a new ListenableFuture-style stub that supports unary calls on the service
   */
  public static RankingServiceFutureStub newFutureStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<RankingServiceFutureStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<RankingServiceFutureStub>() {
        @java.lang.Override
        public RankingServiceFutureStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new RankingServiceFutureStub(channel, callOptions);
        }
      };
    return RankingServiceFutureStub.newStub(factory, channel);
  }

  /**
   * <pre>
   * RankingService tells what weights a placement of products ranks by, and what
   * they rest on; keeps them as they are, and lets what was learned go. Weights are
   * learned for a site as a whole, in parts: one that all decisions share, one of
   * each situation, one of each objective, and one of each kind of page and
   * objective. Placements on the same kind of page with the same objective share
   * theirs.
   * </pre>
   */
  public interface AsyncService {

    /**
     * <pre>
     * GetWeights returns the weights in effect of a placement.
     * </pre>
     */
    default void getWeights(io.vitrine.v1.GetWeightsRequest request,
        io.grpc.stub.StreamObserver<io.vitrine.v1.Weights> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getGetWeightsMethod(), responseObserver);
    }

    /**
     * <pre>
     * FreezeWeights writes the weights in effect into the placement's ranking, with
     * learning off: from then on it ranks by them, whatever is learned. Freezing what
     * is frozen changes nothing.
     * </pre>
     */
    default void freezeWeights(io.vitrine.v1.FreezeWeightsRequest request,
        io.grpc.stub.StreamObserver<io.vitrine.v1.Weights> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getFreezeWeightsMethod(), responseObserver);
    }

    /**
     * <pre>
     * UnfreezeWeights puts back the weights that stood in the placement's ranking
     * before it was frozen, with learning on. What was learned meanwhile counts at
     * once. It turns learning on for a placement that was never frozen, too.
     * </pre>
     */
    default void unfreezeWeights(io.vitrine.v1.UnfreezeWeightsRequest request,
        io.grpc.stub.StreamObserver<io.vitrine.v1.Weights> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getUnfreezeWeightsMethod(), responseObserver);
    }

    /**
     * <pre>
     * ResetWeights lets go what was learned: by a placement's kind of page and
     * objective, or by the whole site. It returns once the site ranks without it.
     * Weights that stand in a placement's ranking, such as frozen ones, stay.
     * </pre>
     */
    default void resetWeights(io.vitrine.v1.ResetWeightsRequest request,
        io.grpc.stub.StreamObserver<com.google.protobuf.Empty> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getResetWeightsMethod(), responseObserver);
    }
  }

  /**
   * Base class for the server implementation of the service RankingService.
   * <pre>
   * RankingService tells what weights a placement of products ranks by, and what
   * they rest on; keeps them as they are, and lets what was learned go. Weights are
   * learned for a site as a whole, in parts: one that all decisions share, one of
   * each situation, one of each objective, and one of each kind of page and
   * objective. Placements on the same kind of page with the same objective share
   * theirs.
   * </pre>
   */
  public static abstract class RankingServiceImplBase
      implements io.grpc.BindableService, AsyncService {

    @java.lang.Override public final io.grpc.ServerServiceDefinition bindService() {
      return RankingServiceGrpc.bindService(this);
    }
  }

  /**
   * A stub to allow clients to do asynchronous rpc calls to service RankingService.
   * <pre>
   * RankingService tells what weights a placement of products ranks by, and what
   * they rest on; keeps them as they are, and lets what was learned go. Weights are
   * learned for a site as a whole, in parts: one that all decisions share, one of
   * each situation, one of each objective, and one of each kind of page and
   * objective. Placements on the same kind of page with the same objective share
   * theirs.
   * </pre>
   */
  public static final class RankingServiceStub
      extends io.grpc.stub.AbstractAsyncStub<RankingServiceStub> {
    private RankingServiceStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected RankingServiceStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new RankingServiceStub(channel, callOptions);
    }

    /**
     * <pre>
     * GetWeights returns the weights in effect of a placement.
     * </pre>
     */
    public void getWeights(io.vitrine.v1.GetWeightsRequest request,
        io.grpc.stub.StreamObserver<io.vitrine.v1.Weights> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getGetWeightsMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * FreezeWeights writes the weights in effect into the placement's ranking, with
     * learning off: from then on it ranks by them, whatever is learned. Freezing what
     * is frozen changes nothing.
     * </pre>
     */
    public void freezeWeights(io.vitrine.v1.FreezeWeightsRequest request,
        io.grpc.stub.StreamObserver<io.vitrine.v1.Weights> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getFreezeWeightsMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * UnfreezeWeights puts back the weights that stood in the placement's ranking
     * before it was frozen, with learning on. What was learned meanwhile counts at
     * once. It turns learning on for a placement that was never frozen, too.
     * </pre>
     */
    public void unfreezeWeights(io.vitrine.v1.UnfreezeWeightsRequest request,
        io.grpc.stub.StreamObserver<io.vitrine.v1.Weights> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getUnfreezeWeightsMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * ResetWeights lets go what was learned: by a placement's kind of page and
     * objective, or by the whole site. It returns once the site ranks without it.
     * Weights that stand in a placement's ranking, such as frozen ones, stay.
     * </pre>
     */
    public void resetWeights(io.vitrine.v1.ResetWeightsRequest request,
        io.grpc.stub.StreamObserver<com.google.protobuf.Empty> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getResetWeightsMethod(), getCallOptions()), request, responseObserver);
    }
  }

  /**
   * A stub to allow clients to do synchronous rpc calls to service RankingService.
   * <pre>
   * RankingService tells what weights a placement of products ranks by, and what
   * they rest on; keeps them as they are, and lets what was learned go. Weights are
   * learned for a site as a whole, in parts: one that all decisions share, one of
   * each situation, one of each objective, and one of each kind of page and
   * objective. Placements on the same kind of page with the same objective share
   * theirs.
   * </pre>
   */
  public static final class RankingServiceBlockingV2Stub
      extends io.grpc.stub.AbstractBlockingStub<RankingServiceBlockingV2Stub> {
    private RankingServiceBlockingV2Stub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected RankingServiceBlockingV2Stub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new RankingServiceBlockingV2Stub(channel, callOptions);
    }

    /**
     * <pre>
     * GetWeights returns the weights in effect of a placement.
     * </pre>
     */
    public io.vitrine.v1.Weights getWeights(io.vitrine.v1.GetWeightsRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getGetWeightsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * FreezeWeights writes the weights in effect into the placement's ranking, with
     * learning off: from then on it ranks by them, whatever is learned. Freezing what
     * is frozen changes nothing.
     * </pre>
     */
    public io.vitrine.v1.Weights freezeWeights(io.vitrine.v1.FreezeWeightsRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getFreezeWeightsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * UnfreezeWeights puts back the weights that stood in the placement's ranking
     * before it was frozen, with learning on. What was learned meanwhile counts at
     * once. It turns learning on for a placement that was never frozen, too.
     * </pre>
     */
    public io.vitrine.v1.Weights unfreezeWeights(io.vitrine.v1.UnfreezeWeightsRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getUnfreezeWeightsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * ResetWeights lets go what was learned: by a placement's kind of page and
     * objective, or by the whole site. It returns once the site ranks without it.
     * Weights that stand in a placement's ranking, such as frozen ones, stay.
     * </pre>
     */
    public com.google.protobuf.Empty resetWeights(io.vitrine.v1.ResetWeightsRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getResetWeightsMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do limited synchronous rpc calls to service RankingService.
   * <pre>
   * RankingService tells what weights a placement of products ranks by, and what
   * they rest on; keeps them as they are, and lets what was learned go. Weights are
   * learned for a site as a whole, in parts: one that all decisions share, one of
   * each situation, one of each objective, and one of each kind of page and
   * objective. Placements on the same kind of page with the same objective share
   * theirs.
   * </pre>
   */
  public static final class RankingServiceBlockingStub
      extends io.grpc.stub.AbstractBlockingStub<RankingServiceBlockingStub> {
    private RankingServiceBlockingStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected RankingServiceBlockingStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new RankingServiceBlockingStub(channel, callOptions);
    }

    /**
     * <pre>
     * GetWeights returns the weights in effect of a placement.
     * </pre>
     */
    public io.vitrine.v1.Weights getWeights(io.vitrine.v1.GetWeightsRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getGetWeightsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * FreezeWeights writes the weights in effect into the placement's ranking, with
     * learning off: from then on it ranks by them, whatever is learned. Freezing what
     * is frozen changes nothing.
     * </pre>
     */
    public io.vitrine.v1.Weights freezeWeights(io.vitrine.v1.FreezeWeightsRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getFreezeWeightsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * UnfreezeWeights puts back the weights that stood in the placement's ranking
     * before it was frozen, with learning on. What was learned meanwhile counts at
     * once. It turns learning on for a placement that was never frozen, too.
     * </pre>
     */
    public io.vitrine.v1.Weights unfreezeWeights(io.vitrine.v1.UnfreezeWeightsRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getUnfreezeWeightsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * ResetWeights lets go what was learned: by a placement's kind of page and
     * objective, or by the whole site. It returns once the site ranks without it.
     * Weights that stand in a placement's ranking, such as frozen ones, stay.
     * </pre>
     */
    public com.google.protobuf.Empty resetWeights(io.vitrine.v1.ResetWeightsRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getResetWeightsMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do ListenableFuture-style rpc calls to service RankingService.
   * <pre>
   * RankingService tells what weights a placement of products ranks by, and what
   * they rest on; keeps them as they are, and lets what was learned go. Weights are
   * learned for a site as a whole, in parts: one that all decisions share, one of
   * each situation, one of each objective, and one of each kind of page and
   * objective. Placements on the same kind of page with the same objective share
   * theirs.
   * </pre>
   */
  public static final class RankingServiceFutureStub
      extends io.grpc.stub.AbstractFutureStub<RankingServiceFutureStub> {
    private RankingServiceFutureStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected RankingServiceFutureStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new RankingServiceFutureStub(channel, callOptions);
    }

    /**
     * <pre>
     * GetWeights returns the weights in effect of a placement.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.vitrine.v1.Weights> getWeights(
        io.vitrine.v1.GetWeightsRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getGetWeightsMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * FreezeWeights writes the weights in effect into the placement's ranking, with
     * learning off: from then on it ranks by them, whatever is learned. Freezing what
     * is frozen changes nothing.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.vitrine.v1.Weights> freezeWeights(
        io.vitrine.v1.FreezeWeightsRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getFreezeWeightsMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * UnfreezeWeights puts back the weights that stood in the placement's ranking
     * before it was frozen, with learning on. What was learned meanwhile counts at
     * once. It turns learning on for a placement that was never frozen, too.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.vitrine.v1.Weights> unfreezeWeights(
        io.vitrine.v1.UnfreezeWeightsRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getUnfreezeWeightsMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * ResetWeights lets go what was learned: by a placement's kind of page and
     * objective, or by the whole site. It returns once the site ranks without it.
     * Weights that stand in a placement's ranking, such as frozen ones, stay.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<com.google.protobuf.Empty> resetWeights(
        io.vitrine.v1.ResetWeightsRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getResetWeightsMethod(), getCallOptions()), request);
    }
  }

  private static final int METHODID_GET_WEIGHTS = 0;
  private static final int METHODID_FREEZE_WEIGHTS = 1;
  private static final int METHODID_UNFREEZE_WEIGHTS = 2;
  private static final int METHODID_RESET_WEIGHTS = 3;

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
        case METHODID_GET_WEIGHTS:
          serviceImpl.getWeights((io.vitrine.v1.GetWeightsRequest) request,
              (io.grpc.stub.StreamObserver<io.vitrine.v1.Weights>) responseObserver);
          break;
        case METHODID_FREEZE_WEIGHTS:
          serviceImpl.freezeWeights((io.vitrine.v1.FreezeWeightsRequest) request,
              (io.grpc.stub.StreamObserver<io.vitrine.v1.Weights>) responseObserver);
          break;
        case METHODID_UNFREEZE_WEIGHTS:
          serviceImpl.unfreezeWeights((io.vitrine.v1.UnfreezeWeightsRequest) request,
              (io.grpc.stub.StreamObserver<io.vitrine.v1.Weights>) responseObserver);
          break;
        case METHODID_RESET_WEIGHTS:
          serviceImpl.resetWeights((io.vitrine.v1.ResetWeightsRequest) request,
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
          getGetWeightsMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.vitrine.v1.GetWeightsRequest,
              io.vitrine.v1.Weights>(
                service, METHODID_GET_WEIGHTS)))
        .addMethod(
          getFreezeWeightsMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.vitrine.v1.FreezeWeightsRequest,
              io.vitrine.v1.Weights>(
                service, METHODID_FREEZE_WEIGHTS)))
        .addMethod(
          getUnfreezeWeightsMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.vitrine.v1.UnfreezeWeightsRequest,
              io.vitrine.v1.Weights>(
                service, METHODID_UNFREEZE_WEIGHTS)))
        .addMethod(
          getResetWeightsMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.vitrine.v1.ResetWeightsRequest,
              com.google.protobuf.Empty>(
                service, METHODID_RESET_WEIGHTS)))
        .build();
  }

  private static abstract class RankingServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoFileDescriptorSupplier, io.grpc.protobuf.ProtoServiceDescriptorSupplier {
    RankingServiceBaseDescriptorSupplier() {}

    @java.lang.Override
    public com.google.protobuf.Descriptors.FileDescriptor getFileDescriptor() {
      return io.vitrine.v1.RankingServiceProto.getDescriptor();
    }

    @java.lang.Override
    public com.google.protobuf.Descriptors.ServiceDescriptor getServiceDescriptor() {
      return getFileDescriptor().findServiceByName("RankingService");
    }
  }

  private static final class RankingServiceFileDescriptorSupplier
      extends RankingServiceBaseDescriptorSupplier {
    RankingServiceFileDescriptorSupplier() {}
  }

  private static final class RankingServiceMethodDescriptorSupplier
      extends RankingServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoMethodDescriptorSupplier {
    private final java.lang.String methodName;

    RankingServiceMethodDescriptorSupplier(java.lang.String methodName) {
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
      synchronized (RankingServiceGrpc.class) {
        result = serviceDescriptor;
        if (result == null) {
          serviceDescriptor = result = io.grpc.ServiceDescriptor.newBuilder(SERVICE_NAME)
              .setSchemaDescriptor(new RankingServiceFileDescriptorSupplier())
              .addMethod(getGetWeightsMethod())
              .addMethod(getFreezeWeightsMethod())
              .addMethod(getUnfreezeWeightsMethod())
              .addMethod(getResetWeightsMethod())
              .build();
        }
      }
    }
    return result;
  }
}
