package io.vitrine.v1;

import static io.grpc.MethodDescriptor.generateFullMethodName;

/**
 * <pre>
 * SegmentService groups visitors by what they did. Whether a visitor is in a segment is
 * worked out when it is asked, from the visitor's profile and the time: it is right at
 * any moment, also of those who have been silent since, and there is no nightly batch.
 * Only visitors who allow PROFILE are in any.
 * </pre>
 */
@io.grpc.stub.annotations.GrpcGenerated
public final class SegmentServiceGrpc {

  private SegmentServiceGrpc() {}

  public static final java.lang.String SERVICE_NAME = "vitrine.v1.SegmentService";

  // Static method descriptors that strictly reflect the proto.
  private static volatile io.grpc.MethodDescriptor<io.vitrine.v1.CreateSegmentRequest,
      io.vitrine.v1.Segment> getCreateSegmentMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "CreateSegment",
      requestType = io.vitrine.v1.CreateSegmentRequest.class,
      responseType = io.vitrine.v1.Segment.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.vitrine.v1.CreateSegmentRequest,
      io.vitrine.v1.Segment> getCreateSegmentMethod() {
    io.grpc.MethodDescriptor<io.vitrine.v1.CreateSegmentRequest, io.vitrine.v1.Segment> getCreateSegmentMethod;
    if ((getCreateSegmentMethod = SegmentServiceGrpc.getCreateSegmentMethod) == null) {
      synchronized (SegmentServiceGrpc.class) {
        if ((getCreateSegmentMethod = SegmentServiceGrpc.getCreateSegmentMethod) == null) {
          SegmentServiceGrpc.getCreateSegmentMethod = getCreateSegmentMethod =
              io.grpc.MethodDescriptor.<io.vitrine.v1.CreateSegmentRequest, io.vitrine.v1.Segment>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "CreateSegment"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.vitrine.v1.CreateSegmentRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.vitrine.v1.Segment.getDefaultInstance()))
              .setSchemaDescriptor(new SegmentServiceMethodDescriptorSupplier("CreateSegment"))
              .build();
        }
      }
    }
    return getCreateSegmentMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.vitrine.v1.GetSegmentRequest,
      io.vitrine.v1.Segment> getGetSegmentMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "GetSegment",
      requestType = io.vitrine.v1.GetSegmentRequest.class,
      responseType = io.vitrine.v1.Segment.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.vitrine.v1.GetSegmentRequest,
      io.vitrine.v1.Segment> getGetSegmentMethod() {
    io.grpc.MethodDescriptor<io.vitrine.v1.GetSegmentRequest, io.vitrine.v1.Segment> getGetSegmentMethod;
    if ((getGetSegmentMethod = SegmentServiceGrpc.getGetSegmentMethod) == null) {
      synchronized (SegmentServiceGrpc.class) {
        if ((getGetSegmentMethod = SegmentServiceGrpc.getGetSegmentMethod) == null) {
          SegmentServiceGrpc.getGetSegmentMethod = getGetSegmentMethod =
              io.grpc.MethodDescriptor.<io.vitrine.v1.GetSegmentRequest, io.vitrine.v1.Segment>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "GetSegment"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.vitrine.v1.GetSegmentRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.vitrine.v1.Segment.getDefaultInstance()))
              .setSchemaDescriptor(new SegmentServiceMethodDescriptorSupplier("GetSegment"))
              .build();
        }
      }
    }
    return getGetSegmentMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.vitrine.v1.ListSegmentsRequest,
      io.vitrine.v1.ListSegmentsResponse> getListSegmentsMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ListSegments",
      requestType = io.vitrine.v1.ListSegmentsRequest.class,
      responseType = io.vitrine.v1.ListSegmentsResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.vitrine.v1.ListSegmentsRequest,
      io.vitrine.v1.ListSegmentsResponse> getListSegmentsMethod() {
    io.grpc.MethodDescriptor<io.vitrine.v1.ListSegmentsRequest, io.vitrine.v1.ListSegmentsResponse> getListSegmentsMethod;
    if ((getListSegmentsMethod = SegmentServiceGrpc.getListSegmentsMethod) == null) {
      synchronized (SegmentServiceGrpc.class) {
        if ((getListSegmentsMethod = SegmentServiceGrpc.getListSegmentsMethod) == null) {
          SegmentServiceGrpc.getListSegmentsMethod = getListSegmentsMethod =
              io.grpc.MethodDescriptor.<io.vitrine.v1.ListSegmentsRequest, io.vitrine.v1.ListSegmentsResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ListSegments"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.vitrine.v1.ListSegmentsRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.vitrine.v1.ListSegmentsResponse.getDefaultInstance()))
              .setSchemaDescriptor(new SegmentServiceMethodDescriptorSupplier("ListSegments"))
              .build();
        }
      }
    }
    return getListSegmentsMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.vitrine.v1.UpdateSegmentRequest,
      io.vitrine.v1.Segment> getUpdateSegmentMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "UpdateSegment",
      requestType = io.vitrine.v1.UpdateSegmentRequest.class,
      responseType = io.vitrine.v1.Segment.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.vitrine.v1.UpdateSegmentRequest,
      io.vitrine.v1.Segment> getUpdateSegmentMethod() {
    io.grpc.MethodDescriptor<io.vitrine.v1.UpdateSegmentRequest, io.vitrine.v1.Segment> getUpdateSegmentMethod;
    if ((getUpdateSegmentMethod = SegmentServiceGrpc.getUpdateSegmentMethod) == null) {
      synchronized (SegmentServiceGrpc.class) {
        if ((getUpdateSegmentMethod = SegmentServiceGrpc.getUpdateSegmentMethod) == null) {
          SegmentServiceGrpc.getUpdateSegmentMethod = getUpdateSegmentMethod =
              io.grpc.MethodDescriptor.<io.vitrine.v1.UpdateSegmentRequest, io.vitrine.v1.Segment>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "UpdateSegment"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.vitrine.v1.UpdateSegmentRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.vitrine.v1.Segment.getDefaultInstance()))
              .setSchemaDescriptor(new SegmentServiceMethodDescriptorSupplier("UpdateSegment"))
              .build();
        }
      }
    }
    return getUpdateSegmentMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.vitrine.v1.DeleteSegmentRequest,
      com.google.protobuf.Empty> getDeleteSegmentMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "DeleteSegment",
      requestType = io.vitrine.v1.DeleteSegmentRequest.class,
      responseType = com.google.protobuf.Empty.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.vitrine.v1.DeleteSegmentRequest,
      com.google.protobuf.Empty> getDeleteSegmentMethod() {
    io.grpc.MethodDescriptor<io.vitrine.v1.DeleteSegmentRequest, com.google.protobuf.Empty> getDeleteSegmentMethod;
    if ((getDeleteSegmentMethod = SegmentServiceGrpc.getDeleteSegmentMethod) == null) {
      synchronized (SegmentServiceGrpc.class) {
        if ((getDeleteSegmentMethod = SegmentServiceGrpc.getDeleteSegmentMethod) == null) {
          SegmentServiceGrpc.getDeleteSegmentMethod = getDeleteSegmentMethod =
              io.grpc.MethodDescriptor.<io.vitrine.v1.DeleteSegmentRequest, com.google.protobuf.Empty>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "DeleteSegment"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.vitrine.v1.DeleteSegmentRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  com.google.protobuf.Empty.getDefaultInstance()))
              .setSchemaDescriptor(new SegmentServiceMethodDescriptorSupplier("DeleteSegment"))
              .build();
        }
      }
    }
    return getDeleteSegmentMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.vitrine.v1.PreviewSegmentRequest,
      io.vitrine.v1.PreviewSegmentResponse> getPreviewSegmentMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "PreviewSegment",
      requestType = io.vitrine.v1.PreviewSegmentRequest.class,
      responseType = io.vitrine.v1.PreviewSegmentResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.vitrine.v1.PreviewSegmentRequest,
      io.vitrine.v1.PreviewSegmentResponse> getPreviewSegmentMethod() {
    io.grpc.MethodDescriptor<io.vitrine.v1.PreviewSegmentRequest, io.vitrine.v1.PreviewSegmentResponse> getPreviewSegmentMethod;
    if ((getPreviewSegmentMethod = SegmentServiceGrpc.getPreviewSegmentMethod) == null) {
      synchronized (SegmentServiceGrpc.class) {
        if ((getPreviewSegmentMethod = SegmentServiceGrpc.getPreviewSegmentMethod) == null) {
          SegmentServiceGrpc.getPreviewSegmentMethod = getPreviewSegmentMethod =
              io.grpc.MethodDescriptor.<io.vitrine.v1.PreviewSegmentRequest, io.vitrine.v1.PreviewSegmentResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "PreviewSegment"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.vitrine.v1.PreviewSegmentRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.vitrine.v1.PreviewSegmentResponse.getDefaultInstance()))
              .setSchemaDescriptor(new SegmentServiceMethodDescriptorSupplier("PreviewSegment"))
              .build();
        }
      }
    }
    return getPreviewSegmentMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.vitrine.v1.ListSegmentMembersRequest,
      io.vitrine.v1.SegmentMember> getListSegmentMembersMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ListSegmentMembers",
      requestType = io.vitrine.v1.ListSegmentMembersRequest.class,
      responseType = io.vitrine.v1.SegmentMember.class,
      methodType = io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING)
  public static io.grpc.MethodDescriptor<io.vitrine.v1.ListSegmentMembersRequest,
      io.vitrine.v1.SegmentMember> getListSegmentMembersMethod() {
    io.grpc.MethodDescriptor<io.vitrine.v1.ListSegmentMembersRequest, io.vitrine.v1.SegmentMember> getListSegmentMembersMethod;
    if ((getListSegmentMembersMethod = SegmentServiceGrpc.getListSegmentMembersMethod) == null) {
      synchronized (SegmentServiceGrpc.class) {
        if ((getListSegmentMembersMethod = SegmentServiceGrpc.getListSegmentMembersMethod) == null) {
          SegmentServiceGrpc.getListSegmentMembersMethod = getListSegmentMembersMethod =
              io.grpc.MethodDescriptor.<io.vitrine.v1.ListSegmentMembersRequest, io.vitrine.v1.SegmentMember>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ListSegmentMembers"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.vitrine.v1.ListSegmentMembersRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.vitrine.v1.SegmentMember.getDefaultInstance()))
              .setSchemaDescriptor(new SegmentServiceMethodDescriptorSupplier("ListSegmentMembers"))
              .build();
        }
      }
    }
    return getListSegmentMembersMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.vitrine.v1.ListPersonasRequest,
      io.vitrine.v1.ListPersonasResponse> getListPersonasMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ListPersonas",
      requestType = io.vitrine.v1.ListPersonasRequest.class,
      responseType = io.vitrine.v1.ListPersonasResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.vitrine.v1.ListPersonasRequest,
      io.vitrine.v1.ListPersonasResponse> getListPersonasMethod() {
    io.grpc.MethodDescriptor<io.vitrine.v1.ListPersonasRequest, io.vitrine.v1.ListPersonasResponse> getListPersonasMethod;
    if ((getListPersonasMethod = SegmentServiceGrpc.getListPersonasMethod) == null) {
      synchronized (SegmentServiceGrpc.class) {
        if ((getListPersonasMethod = SegmentServiceGrpc.getListPersonasMethod) == null) {
          SegmentServiceGrpc.getListPersonasMethod = getListPersonasMethod =
              io.grpc.MethodDescriptor.<io.vitrine.v1.ListPersonasRequest, io.vitrine.v1.ListPersonasResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ListPersonas"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.vitrine.v1.ListPersonasRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.vitrine.v1.ListPersonasResponse.getDefaultInstance()))
              .setSchemaDescriptor(new SegmentServiceMethodDescriptorSupplier("ListPersonas"))
              .build();
        }
      }
    }
    return getListPersonasMethod;
  }

  /**
   * Creates a new async stub that supports all call types for the service
   */
  public static SegmentServiceStub newStub(io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<SegmentServiceStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<SegmentServiceStub>() {
        @java.lang.Override
        public SegmentServiceStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new SegmentServiceStub(channel, callOptions);
        }
      };
    return SegmentServiceStub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports all types of calls on the service
   */
  public static SegmentServiceBlockingV2Stub newBlockingV2Stub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<SegmentServiceBlockingV2Stub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<SegmentServiceBlockingV2Stub>() {
        @java.lang.Override
        public SegmentServiceBlockingV2Stub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new SegmentServiceBlockingV2Stub(channel, callOptions);
        }
      };
    return SegmentServiceBlockingV2Stub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports unary and streaming output calls on the service
   */
  public static SegmentServiceBlockingStub newBlockingStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<SegmentServiceBlockingStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<SegmentServiceBlockingStub>() {
        @java.lang.Override
        public SegmentServiceBlockingStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new SegmentServiceBlockingStub(channel, callOptions);
        }
      };
    return SegmentServiceBlockingStub.newStub(factory, channel);
  }

  /**
   * Creates a new ListenableFuture-style stub that supports unary calls on the service
   */
  public static SegmentServiceFutureStub newFutureStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<SegmentServiceFutureStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<SegmentServiceFutureStub>() {
        @java.lang.Override
        public SegmentServiceFutureStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new SegmentServiceFutureStub(channel, callOptions);
        }
      };
    return SegmentServiceFutureStub.newStub(factory, channel);
  }

  /**
   * <pre>
   * SegmentService groups visitors by what they did. Whether a visitor is in a segment is
   * worked out when it is asked, from the visitor's profile and the time: it is right at
   * any moment, also of those who have been silent since, and there is no nightly batch.
   * Only visitors who allow PROFILE are in any.
   * </pre>
   */
  public interface AsyncService {

    /**
     * <pre>
     * CreateSegment adds a segment. ALREADY_EXISTS if the id is taken.
     * </pre>
     */
    default void createSegment(io.vitrine.v1.CreateSegmentRequest request,
        io.grpc.stub.StreamObserver<io.vitrine.v1.Segment> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getCreateSegmentMethod(), responseObserver);
    }

    /**
     * <pre>
     * GetSegment returns one, or NOT_FOUND.
     * </pre>
     */
    default void getSegment(io.vitrine.v1.GetSegmentRequest request,
        io.grpc.stub.StreamObserver<io.vitrine.v1.Segment> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getGetSegmentMethod(), responseObserver);
    }

    /**
     * <pre>
     * ListSegments returns the segments in the order of their ids, those built in among
     * them.
     * </pre>
     */
    default void listSegments(io.vitrine.v1.ListSegmentsRequest request,
        io.grpc.stub.StreamObserver<io.vitrine.v1.ListSegmentsResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getListSegmentsMethod(), responseObserver);
    }

    /**
     * <pre>
     * UpdateSegment changes the fields in update_mask, for the very next decision.
     * ABORTED if the etag is stale, FAILED_PRECONDITION for one that is built in.
     * </pre>
     */
    default void updateSegment(io.vitrine.v1.UpdateSegmentRequest request,
        io.grpc.stub.StreamObserver<io.vitrine.v1.Segment> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getUpdateSegmentMethod(), responseObserver);
    }

    /**
     * <pre>
     * DeleteSegment removes one. FAILED_PRECONDITION while a campaign is for it, and for
     * one that is built in.
     * </pre>
     */
    default void deleteSegment(io.vitrine.v1.DeleteSegmentRequest request,
        io.grpc.stub.StreamObserver<com.google.protobuf.Empty> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getDeleteSegmentMethod(), responseObserver);
    }

    /**
     * <pre>
     * PreviewSegment counts who would be in a segment with that rule, before it is saved.
     * </pre>
     */
    default void previewSegment(io.vitrine.v1.PreviewSegmentRequest request,
        io.grpc.stub.StreamObserver<io.vitrine.v1.PreviewSegmentResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getPreviewSegmentMethod(), responseObserver);
    }

    /**
     * <pre>
     * ListSegmentMembers streams the members, persons before devices, in the order of
     * their ids. It is a walk through all visitors: some seconds for a million.
     * </pre>
     */
    default void listSegmentMembers(io.vitrine.v1.ListSegmentMembersRequest request,
        io.grpc.stub.StreamObserver<io.vitrine.v1.SegmentMember> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getListSegmentMembersMethod(), responseObserver);
    }

    /**
     * <pre>
     * ListPersonas returns the typical profiles among the site's visitors, the commonest
     * first.
     * </pre>
     */
    default void listPersonas(io.vitrine.v1.ListPersonasRequest request,
        io.grpc.stub.StreamObserver<io.vitrine.v1.ListPersonasResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getListPersonasMethod(), responseObserver);
    }
  }

  /**
   * Base class for the server implementation of the service SegmentService.
   * <pre>
   * SegmentService groups visitors by what they did. Whether a visitor is in a segment is
   * worked out when it is asked, from the visitor's profile and the time: it is right at
   * any moment, also of those who have been silent since, and there is no nightly batch.
   * Only visitors who allow PROFILE are in any.
   * </pre>
   */
  public static abstract class SegmentServiceImplBase
      implements io.grpc.BindableService, AsyncService {

    @java.lang.Override public final io.grpc.ServerServiceDefinition bindService() {
      return SegmentServiceGrpc.bindService(this);
    }
  }

  /**
   * A stub to allow clients to do asynchronous rpc calls to service SegmentService.
   * <pre>
   * SegmentService groups visitors by what they did. Whether a visitor is in a segment is
   * worked out when it is asked, from the visitor's profile and the time: it is right at
   * any moment, also of those who have been silent since, and there is no nightly batch.
   * Only visitors who allow PROFILE are in any.
   * </pre>
   */
  public static final class SegmentServiceStub
      extends io.grpc.stub.AbstractAsyncStub<SegmentServiceStub> {
    private SegmentServiceStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected SegmentServiceStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new SegmentServiceStub(channel, callOptions);
    }

    /**
     * <pre>
     * CreateSegment adds a segment. ALREADY_EXISTS if the id is taken.
     * </pre>
     */
    public void createSegment(io.vitrine.v1.CreateSegmentRequest request,
        io.grpc.stub.StreamObserver<io.vitrine.v1.Segment> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getCreateSegmentMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * GetSegment returns one, or NOT_FOUND.
     * </pre>
     */
    public void getSegment(io.vitrine.v1.GetSegmentRequest request,
        io.grpc.stub.StreamObserver<io.vitrine.v1.Segment> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getGetSegmentMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * ListSegments returns the segments in the order of their ids, those built in among
     * them.
     * </pre>
     */
    public void listSegments(io.vitrine.v1.ListSegmentsRequest request,
        io.grpc.stub.StreamObserver<io.vitrine.v1.ListSegmentsResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getListSegmentsMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * UpdateSegment changes the fields in update_mask, for the very next decision.
     * ABORTED if the etag is stale, FAILED_PRECONDITION for one that is built in.
     * </pre>
     */
    public void updateSegment(io.vitrine.v1.UpdateSegmentRequest request,
        io.grpc.stub.StreamObserver<io.vitrine.v1.Segment> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getUpdateSegmentMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * DeleteSegment removes one. FAILED_PRECONDITION while a campaign is for it, and for
     * one that is built in.
     * </pre>
     */
    public void deleteSegment(io.vitrine.v1.DeleteSegmentRequest request,
        io.grpc.stub.StreamObserver<com.google.protobuf.Empty> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getDeleteSegmentMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * PreviewSegment counts who would be in a segment with that rule, before it is saved.
     * </pre>
     */
    public void previewSegment(io.vitrine.v1.PreviewSegmentRequest request,
        io.grpc.stub.StreamObserver<io.vitrine.v1.PreviewSegmentResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getPreviewSegmentMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * ListSegmentMembers streams the members, persons before devices, in the order of
     * their ids. It is a walk through all visitors: some seconds for a million.
     * </pre>
     */
    public void listSegmentMembers(io.vitrine.v1.ListSegmentMembersRequest request,
        io.grpc.stub.StreamObserver<io.vitrine.v1.SegmentMember> responseObserver) {
      io.grpc.stub.ClientCalls.asyncServerStreamingCall(
          getChannel().newCall(getListSegmentMembersMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * ListPersonas returns the typical profiles among the site's visitors, the commonest
     * first.
     * </pre>
     */
    public void listPersonas(io.vitrine.v1.ListPersonasRequest request,
        io.grpc.stub.StreamObserver<io.vitrine.v1.ListPersonasResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getListPersonasMethod(), getCallOptions()), request, responseObserver);
    }
  }

  /**
   * A stub to allow clients to do synchronous rpc calls to service SegmentService.
   * <pre>
   * SegmentService groups visitors by what they did. Whether a visitor is in a segment is
   * worked out when it is asked, from the visitor's profile and the time: it is right at
   * any moment, also of those who have been silent since, and there is no nightly batch.
   * Only visitors who allow PROFILE are in any.
   * </pre>
   */
  public static final class SegmentServiceBlockingV2Stub
      extends io.grpc.stub.AbstractBlockingStub<SegmentServiceBlockingV2Stub> {
    private SegmentServiceBlockingV2Stub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected SegmentServiceBlockingV2Stub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new SegmentServiceBlockingV2Stub(channel, callOptions);
    }

    /**
     * <pre>
     * CreateSegment adds a segment. ALREADY_EXISTS if the id is taken.
     * </pre>
     */
    public io.vitrine.v1.Segment createSegment(io.vitrine.v1.CreateSegmentRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getCreateSegmentMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * GetSegment returns one, or NOT_FOUND.
     * </pre>
     */
    public io.vitrine.v1.Segment getSegment(io.vitrine.v1.GetSegmentRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getGetSegmentMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * ListSegments returns the segments in the order of their ids, those built in among
     * them.
     * </pre>
     */
    public io.vitrine.v1.ListSegmentsResponse listSegments(io.vitrine.v1.ListSegmentsRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getListSegmentsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * UpdateSegment changes the fields in update_mask, for the very next decision.
     * ABORTED if the etag is stale, FAILED_PRECONDITION for one that is built in.
     * </pre>
     */
    public io.vitrine.v1.Segment updateSegment(io.vitrine.v1.UpdateSegmentRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getUpdateSegmentMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * DeleteSegment removes one. FAILED_PRECONDITION while a campaign is for it, and for
     * one that is built in.
     * </pre>
     */
    public com.google.protobuf.Empty deleteSegment(io.vitrine.v1.DeleteSegmentRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getDeleteSegmentMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * PreviewSegment counts who would be in a segment with that rule, before it is saved.
     * </pre>
     */
    public io.vitrine.v1.PreviewSegmentResponse previewSegment(io.vitrine.v1.PreviewSegmentRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getPreviewSegmentMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * ListSegmentMembers streams the members, persons before devices, in the order of
     * their ids. It is a walk through all visitors: some seconds for a million.
     * </pre>
     */
    @io.grpc.ExperimentalApi("https://github.com/grpc/grpc-java/issues/10918")
    public io.grpc.stub.BlockingClientCall<?, io.vitrine.v1.SegmentMember>
        listSegmentMembers(io.vitrine.v1.ListSegmentMembersRequest request) {
      return io.grpc.stub.ClientCalls.blockingV2ServerStreamingCall(
          getChannel(), getListSegmentMembersMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * ListPersonas returns the typical profiles among the site's visitors, the commonest
     * first.
     * </pre>
     */
    public io.vitrine.v1.ListPersonasResponse listPersonas(io.vitrine.v1.ListPersonasRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getListPersonasMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do limited synchronous rpc calls to service SegmentService.
   * <pre>
   * SegmentService groups visitors by what they did. Whether a visitor is in a segment is
   * worked out when it is asked, from the visitor's profile and the time: it is right at
   * any moment, also of those who have been silent since, and there is no nightly batch.
   * Only visitors who allow PROFILE are in any.
   * </pre>
   */
  public static final class SegmentServiceBlockingStub
      extends io.grpc.stub.AbstractBlockingStub<SegmentServiceBlockingStub> {
    private SegmentServiceBlockingStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected SegmentServiceBlockingStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new SegmentServiceBlockingStub(channel, callOptions);
    }

    /**
     * <pre>
     * CreateSegment adds a segment. ALREADY_EXISTS if the id is taken.
     * </pre>
     */
    public io.vitrine.v1.Segment createSegment(io.vitrine.v1.CreateSegmentRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getCreateSegmentMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * GetSegment returns one, or NOT_FOUND.
     * </pre>
     */
    public io.vitrine.v1.Segment getSegment(io.vitrine.v1.GetSegmentRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getGetSegmentMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * ListSegments returns the segments in the order of their ids, those built in among
     * them.
     * </pre>
     */
    public io.vitrine.v1.ListSegmentsResponse listSegments(io.vitrine.v1.ListSegmentsRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getListSegmentsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * UpdateSegment changes the fields in update_mask, for the very next decision.
     * ABORTED if the etag is stale, FAILED_PRECONDITION for one that is built in.
     * </pre>
     */
    public io.vitrine.v1.Segment updateSegment(io.vitrine.v1.UpdateSegmentRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getUpdateSegmentMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * DeleteSegment removes one. FAILED_PRECONDITION while a campaign is for it, and for
     * one that is built in.
     * </pre>
     */
    public com.google.protobuf.Empty deleteSegment(io.vitrine.v1.DeleteSegmentRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getDeleteSegmentMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * PreviewSegment counts who would be in a segment with that rule, before it is saved.
     * </pre>
     */
    public io.vitrine.v1.PreviewSegmentResponse previewSegment(io.vitrine.v1.PreviewSegmentRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getPreviewSegmentMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * ListSegmentMembers streams the members, persons before devices, in the order of
     * their ids. It is a walk through all visitors: some seconds for a million.
     * </pre>
     */
    public java.util.Iterator<io.vitrine.v1.SegmentMember> listSegmentMembers(
        io.vitrine.v1.ListSegmentMembersRequest request) {
      return io.grpc.stub.ClientCalls.blockingServerStreamingCall(
          getChannel(), getListSegmentMembersMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * ListPersonas returns the typical profiles among the site's visitors, the commonest
     * first.
     * </pre>
     */
    public io.vitrine.v1.ListPersonasResponse listPersonas(io.vitrine.v1.ListPersonasRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getListPersonasMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do ListenableFuture-style rpc calls to service SegmentService.
   * <pre>
   * SegmentService groups visitors by what they did. Whether a visitor is in a segment is
   * worked out when it is asked, from the visitor's profile and the time: it is right at
   * any moment, also of those who have been silent since, and there is no nightly batch.
   * Only visitors who allow PROFILE are in any.
   * </pre>
   */
  public static final class SegmentServiceFutureStub
      extends io.grpc.stub.AbstractFutureStub<SegmentServiceFutureStub> {
    private SegmentServiceFutureStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected SegmentServiceFutureStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new SegmentServiceFutureStub(channel, callOptions);
    }

    /**
     * <pre>
     * CreateSegment adds a segment. ALREADY_EXISTS if the id is taken.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.vitrine.v1.Segment> createSegment(
        io.vitrine.v1.CreateSegmentRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getCreateSegmentMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * GetSegment returns one, or NOT_FOUND.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.vitrine.v1.Segment> getSegment(
        io.vitrine.v1.GetSegmentRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getGetSegmentMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * ListSegments returns the segments in the order of their ids, those built in among
     * them.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.vitrine.v1.ListSegmentsResponse> listSegments(
        io.vitrine.v1.ListSegmentsRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getListSegmentsMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * UpdateSegment changes the fields in update_mask, for the very next decision.
     * ABORTED if the etag is stale, FAILED_PRECONDITION for one that is built in.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.vitrine.v1.Segment> updateSegment(
        io.vitrine.v1.UpdateSegmentRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getUpdateSegmentMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * DeleteSegment removes one. FAILED_PRECONDITION while a campaign is for it, and for
     * one that is built in.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<com.google.protobuf.Empty> deleteSegment(
        io.vitrine.v1.DeleteSegmentRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getDeleteSegmentMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * PreviewSegment counts who would be in a segment with that rule, before it is saved.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.vitrine.v1.PreviewSegmentResponse> previewSegment(
        io.vitrine.v1.PreviewSegmentRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getPreviewSegmentMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * ListPersonas returns the typical profiles among the site's visitors, the commonest
     * first.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.vitrine.v1.ListPersonasResponse> listPersonas(
        io.vitrine.v1.ListPersonasRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getListPersonasMethod(), getCallOptions()), request);
    }
  }

  private static final int METHODID_CREATE_SEGMENT = 0;
  private static final int METHODID_GET_SEGMENT = 1;
  private static final int METHODID_LIST_SEGMENTS = 2;
  private static final int METHODID_UPDATE_SEGMENT = 3;
  private static final int METHODID_DELETE_SEGMENT = 4;
  private static final int METHODID_PREVIEW_SEGMENT = 5;
  private static final int METHODID_LIST_SEGMENT_MEMBERS = 6;
  private static final int METHODID_LIST_PERSONAS = 7;

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
        case METHODID_CREATE_SEGMENT:
          serviceImpl.createSegment((io.vitrine.v1.CreateSegmentRequest) request,
              (io.grpc.stub.StreamObserver<io.vitrine.v1.Segment>) responseObserver);
          break;
        case METHODID_GET_SEGMENT:
          serviceImpl.getSegment((io.vitrine.v1.GetSegmentRequest) request,
              (io.grpc.stub.StreamObserver<io.vitrine.v1.Segment>) responseObserver);
          break;
        case METHODID_LIST_SEGMENTS:
          serviceImpl.listSegments((io.vitrine.v1.ListSegmentsRequest) request,
              (io.grpc.stub.StreamObserver<io.vitrine.v1.ListSegmentsResponse>) responseObserver);
          break;
        case METHODID_UPDATE_SEGMENT:
          serviceImpl.updateSegment((io.vitrine.v1.UpdateSegmentRequest) request,
              (io.grpc.stub.StreamObserver<io.vitrine.v1.Segment>) responseObserver);
          break;
        case METHODID_DELETE_SEGMENT:
          serviceImpl.deleteSegment((io.vitrine.v1.DeleteSegmentRequest) request,
              (io.grpc.stub.StreamObserver<com.google.protobuf.Empty>) responseObserver);
          break;
        case METHODID_PREVIEW_SEGMENT:
          serviceImpl.previewSegment((io.vitrine.v1.PreviewSegmentRequest) request,
              (io.grpc.stub.StreamObserver<io.vitrine.v1.PreviewSegmentResponse>) responseObserver);
          break;
        case METHODID_LIST_SEGMENT_MEMBERS:
          serviceImpl.listSegmentMembers((io.vitrine.v1.ListSegmentMembersRequest) request,
              (io.grpc.stub.StreamObserver<io.vitrine.v1.SegmentMember>) responseObserver);
          break;
        case METHODID_LIST_PERSONAS:
          serviceImpl.listPersonas((io.vitrine.v1.ListPersonasRequest) request,
              (io.grpc.stub.StreamObserver<io.vitrine.v1.ListPersonasResponse>) responseObserver);
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
          getCreateSegmentMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.vitrine.v1.CreateSegmentRequest,
              io.vitrine.v1.Segment>(
                service, METHODID_CREATE_SEGMENT)))
        .addMethod(
          getGetSegmentMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.vitrine.v1.GetSegmentRequest,
              io.vitrine.v1.Segment>(
                service, METHODID_GET_SEGMENT)))
        .addMethod(
          getListSegmentsMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.vitrine.v1.ListSegmentsRequest,
              io.vitrine.v1.ListSegmentsResponse>(
                service, METHODID_LIST_SEGMENTS)))
        .addMethod(
          getUpdateSegmentMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.vitrine.v1.UpdateSegmentRequest,
              io.vitrine.v1.Segment>(
                service, METHODID_UPDATE_SEGMENT)))
        .addMethod(
          getDeleteSegmentMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.vitrine.v1.DeleteSegmentRequest,
              com.google.protobuf.Empty>(
                service, METHODID_DELETE_SEGMENT)))
        .addMethod(
          getPreviewSegmentMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.vitrine.v1.PreviewSegmentRequest,
              io.vitrine.v1.PreviewSegmentResponse>(
                service, METHODID_PREVIEW_SEGMENT)))
        .addMethod(
          getListSegmentMembersMethod(),
          io.grpc.stub.ServerCalls.asyncServerStreamingCall(
            new MethodHandlers<
              io.vitrine.v1.ListSegmentMembersRequest,
              io.vitrine.v1.SegmentMember>(
                service, METHODID_LIST_SEGMENT_MEMBERS)))
        .addMethod(
          getListPersonasMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.vitrine.v1.ListPersonasRequest,
              io.vitrine.v1.ListPersonasResponse>(
                service, METHODID_LIST_PERSONAS)))
        .build();
  }

  private static abstract class SegmentServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoFileDescriptorSupplier, io.grpc.protobuf.ProtoServiceDescriptorSupplier {
    SegmentServiceBaseDescriptorSupplier() {}

    @java.lang.Override
    public com.google.protobuf.Descriptors.FileDescriptor getFileDescriptor() {
      return io.vitrine.v1.SegmentServiceProto.getDescriptor();
    }

    @java.lang.Override
    public com.google.protobuf.Descriptors.ServiceDescriptor getServiceDescriptor() {
      return getFileDescriptor().findServiceByName("SegmentService");
    }
  }

  private static final class SegmentServiceFileDescriptorSupplier
      extends SegmentServiceBaseDescriptorSupplier {
    SegmentServiceFileDescriptorSupplier() {}
  }

  private static final class SegmentServiceMethodDescriptorSupplier
      extends SegmentServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoMethodDescriptorSupplier {
    private final java.lang.String methodName;

    SegmentServiceMethodDescriptorSupplier(java.lang.String methodName) {
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
      synchronized (SegmentServiceGrpc.class) {
        result = serviceDescriptor;
        if (result == null) {
          serviceDescriptor = result = io.grpc.ServiceDescriptor.newBuilder(SERVICE_NAME)
              .setSchemaDescriptor(new SegmentServiceFileDescriptorSupplier())
              .addMethod(getCreateSegmentMethod())
              .addMethod(getGetSegmentMethod())
              .addMethod(getListSegmentsMethod())
              .addMethod(getUpdateSegmentMethod())
              .addMethod(getDeleteSegmentMethod())
              .addMethod(getPreviewSegmentMethod())
              .addMethod(getListSegmentMembersMethod())
              .addMethod(getListPersonasMethod())
              .build();
        }
      }
    }
    return result;
  }
}
