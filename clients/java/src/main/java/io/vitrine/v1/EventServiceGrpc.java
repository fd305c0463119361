package io.vitrine.v1;

import static io.grpc.MethodDescriptor.generateFullMethodName;

/**
 * <pre>
 * EventService takes in what visitors do. Acknowledged means durable: an event
 * answered STORED survives the loss of power, counts exactly once, and is in
 * the visitor's very next decision.
 * </pre>
 */
@io.grpc.stub.annotations.GrpcGenerated
public final class EventServiceGrpc {

  private EventServiceGrpc() {}

  public static final java.lang.String SERVICE_NAME = "vitrine.v1.EventService";

  // Static method descriptors that strictly reflect the proto.
  private static volatile io.grpc.MethodDescriptor<io.vitrine.v1.TrackEventRequest,
      io.vitrine.v1.TrackEventResponse> getTrackEventMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "TrackEvent",
      requestType = io.vitrine.v1.TrackEventRequest.class,
      responseType = io.vitrine.v1.TrackEventResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.vitrine.v1.TrackEventRequest,
      io.vitrine.v1.TrackEventResponse> getTrackEventMethod() {
    io.grpc.MethodDescriptor<io.vitrine.v1.TrackEventRequest, io.vitrine.v1.TrackEventResponse> getTrackEventMethod;
    if ((getTrackEventMethod = EventServiceGrpc.getTrackEventMethod) == null) {
      synchronized (EventServiceGrpc.class) {
        if ((getTrackEventMethod = EventServiceGrpc.getTrackEventMethod) == null) {
          EventServiceGrpc.getTrackEventMethod = getTrackEventMethod =
              io.grpc.MethodDescriptor.<io.vitrine.v1.TrackEventRequest, io.vitrine.v1.TrackEventResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "TrackEvent"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.vitrine.v1.TrackEventRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.vitrine.v1.TrackEventResponse.getDefaultInstance()))
              .setSchemaDescriptor(new EventServiceMethodDescriptorSupplier("TrackEvent"))
              .build();
        }
      }
    }
    return getTrackEventMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.vitrine.v1.TrackEventsRequest,
      io.vitrine.v1.TrackEventsResponse> getTrackEventsMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "TrackEvents",
      requestType = io.vitrine.v1.TrackEventsRequest.class,
      responseType = io.vitrine.v1.TrackEventsResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.vitrine.v1.TrackEventsRequest,
      io.vitrine.v1.TrackEventsResponse> getTrackEventsMethod() {
    io.grpc.MethodDescriptor<io.vitrine.v1.TrackEventsRequest, io.vitrine.v1.TrackEventsResponse> getTrackEventsMethod;
    if ((getTrackEventsMethod = EventServiceGrpc.getTrackEventsMethod) == null) {
      synchronized (EventServiceGrpc.class) {
        if ((getTrackEventsMethod = EventServiceGrpc.getTrackEventsMethod) == null) {
          EventServiceGrpc.getTrackEventsMethod = getTrackEventsMethod =
              io.grpc.MethodDescriptor.<io.vitrine.v1.TrackEventsRequest, io.vitrine.v1.TrackEventsResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "TrackEvents"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.vitrine.v1.TrackEventsRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.vitrine.v1.TrackEventsResponse.getDefaultInstance()))
              .setSchemaDescriptor(new EventServiceMethodDescriptorSupplier("TrackEvents"))
              .build();
        }
      }
    }
    return getTrackEventsMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.vitrine.v1.StreamEventsRequest,
      io.vitrine.v1.StreamEventsResponse> getStreamEventsMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "StreamEvents",
      requestType = io.vitrine.v1.StreamEventsRequest.class,
      responseType = io.vitrine.v1.StreamEventsResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.BIDI_STREAMING)
  public static io.grpc.MethodDescriptor<io.vitrine.v1.StreamEventsRequest,
      io.vitrine.v1.StreamEventsResponse> getStreamEventsMethod() {
    io.grpc.MethodDescriptor<io.vitrine.v1.StreamEventsRequest, io.vitrine.v1.StreamEventsResponse> getStreamEventsMethod;
    if ((getStreamEventsMethod = EventServiceGrpc.getStreamEventsMethod) == null) {
      synchronized (EventServiceGrpc.class) {
        if ((getStreamEventsMethod = EventServiceGrpc.getStreamEventsMethod) == null) {
          EventServiceGrpc.getStreamEventsMethod = getStreamEventsMethod =
              io.grpc.MethodDescriptor.<io.vitrine.v1.StreamEventsRequest, io.vitrine.v1.StreamEventsResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.BIDI_STREAMING)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "StreamEvents"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.vitrine.v1.StreamEventsRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.vitrine.v1.StreamEventsResponse.getDefaultInstance()))
              .setSchemaDescriptor(new EventServiceMethodDescriptorSupplier("StreamEvents"))
              .build();
        }
      }
    }
    return getStreamEventsMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.vitrine.v1.ImportEventsRequest,
      io.vitrine.v1.ImportEventsResponse> getImportEventsMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ImportEvents",
      requestType = io.vitrine.v1.ImportEventsRequest.class,
      responseType = io.vitrine.v1.ImportEventsResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.BIDI_STREAMING)
  public static io.grpc.MethodDescriptor<io.vitrine.v1.ImportEventsRequest,
      io.vitrine.v1.ImportEventsResponse> getImportEventsMethod() {
    io.grpc.MethodDescriptor<io.vitrine.v1.ImportEventsRequest, io.vitrine.v1.ImportEventsResponse> getImportEventsMethod;
    if ((getImportEventsMethod = EventServiceGrpc.getImportEventsMethod) == null) {
      synchronized (EventServiceGrpc.class) {
        if ((getImportEventsMethod = EventServiceGrpc.getImportEventsMethod) == null) {
          EventServiceGrpc.getImportEventsMethod = getImportEventsMethod =
              io.grpc.MethodDescriptor.<io.vitrine.v1.ImportEventsRequest, io.vitrine.v1.ImportEventsResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.BIDI_STREAMING)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ImportEvents"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.vitrine.v1.ImportEventsRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.vitrine.v1.ImportEventsResponse.getDefaultInstance()))
              .setSchemaDescriptor(new EventServiceMethodDescriptorSupplier("ImportEvents"))
              .build();
        }
      }
    }
    return getImportEventsMethod;
  }

  /**
   * Creates a new async stub that supports all call types for the service
   */
  public static EventServiceStub newStub(io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<EventServiceStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<EventServiceStub>() {
        @java.lang.Override
        public EventServiceStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new EventServiceStub(channel, callOptions);
        }
      };
    return EventServiceStub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports all types of calls on the service
   */
  public static EventServiceBlockingV2Stub newBlockingV2Stub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<EventServiceBlockingV2Stub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<EventServiceBlockingV2Stub>() {
        @java.lang.Override
        public EventServiceBlockingV2Stub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new EventServiceBlockingV2Stub(channel, callOptions);
        }
      };
    return EventServiceBlockingV2Stub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports unary and streaming output calls on the service
   */
  public static EventServiceBlockingStub newBlockingStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<EventServiceBlockingStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<EventServiceBlockingStub>() {
        @java.lang.Override
        public EventServiceBlockingStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new EventServiceBlockingStub(channel, callOptions);
        }
      };
    return EventServiceBlockingStub.newStub(factory, channel);
  }

  /**
   * Creates a new ListenableFuture-style stub that supports unary calls on the service
   */
  public static EventServiceFutureStub newFutureStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<EventServiceFutureStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<EventServiceFutureStub>() {
        @java.lang.Override
        public EventServiceFutureStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new EventServiceFutureStub(channel, callOptions);
        }
      };
    return EventServiceFutureStub.newStub(factory, channel);
  }

  /**
   * <pre>
   * EventService takes in what visitors do. Acknowledged means durable: an event
   * answered STORED survives the loss of power, counts exactly once, and is in
   * the visitor's very next decision.
   * </pre>
   */
  public interface AsyncService {

    /**
     * <pre>
     * TrackEvent stores one event. A bad event is INVALID_ARGUMENT with every
     * field that is wrong.
     * </pre>
     */
    default void trackEvent(io.vitrine.v1.TrackEventRequest request,
        io.grpc.stub.StreamObserver<io.vitrine.v1.TrackEventResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getTrackEventMethod(), responseObserver);
    }

    /**
     * <pre>
     * TrackEvents stores up to 1,000 events. Each has its own result, in the
     * order given: a bad one does not keep the others out.
     * </pre>
     */
    default void trackEvents(io.vitrine.v1.TrackEventsRequest request,
        io.grpc.stub.StreamObserver<io.vitrine.v1.TrackEventsResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getTrackEventsMethod(), responseObserver);
    }

    /**
     * <pre>
     * StreamEvents takes events for as long as the stream lives, and acknowledges
     * each of them: cumulatively, as they become durable, with a result of its
     * own for every event that was not simply stored. Over HTTP the body has an event a
     * line.
     * </pre>
     */
    default io.grpc.stub.StreamObserver<io.vitrine.v1.StreamEventsRequest> streamEvents(
        io.grpc.stub.StreamObserver<io.vitrine.v1.StreamEventsResponse> responseObserver) {
      return io.grpc.stub.ServerCalls.asyncUnimplementedStreamingCall(getStreamEventsMethod(), responseObserver);
    }

    /**
     * <pre>
     * ImportEvents loads a log of the past, in time order, and reports progress.
     * The last message comes when everything stored has been learned from, too. Over HTTP
     * the body has an event a line.
     * </pre>
     */
    default io.grpc.stub.StreamObserver<io.vitrine.v1.ImportEventsRequest> importEvents(
        io.grpc.stub.StreamObserver<io.vitrine.v1.ImportEventsResponse> responseObserver) {
      return io.grpc.stub.ServerCalls.asyncUnimplementedStreamingCall(getImportEventsMethod(), responseObserver);
    }
  }

  /**
   * Base class for the server implementation of the service EventService.
   * <pre>
   * EventService takes in what visitors do. Acknowledged means durable: an event
   * answered STORED survives the loss of power, counts exactly once, and is in
   * the visitor's very next decision.
   * </pre>
   */
  public static abstract class EventServiceImplBase
      implements io.grpc.BindableService, AsyncService {

    @java.lang.Override public final io.grpc.ServerServiceDefinition bindService() {
      return EventServiceGrpc.bindService(this);
    }
  }

  /**
   * A stub to allow clients to do asynchronous rpc calls to service EventService.
   * <pre>
   * EventService takes in what visitors do. Acknowledged means durable: an event
   * answered STORED survives the loss of power, counts exactly once, and is in
   * the visitor's very next decision.
   * </pre>
   */
  public static final class EventServiceStub
      extends io.grpc.stub.AbstractAsyncStub<EventServiceStub> {
    private EventServiceStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected EventServiceStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new EventServiceStub(channel, callOptions);
    }

    /**
     * <pre>
     * TrackEvent stores one event. A bad event is INVALID_ARGUMENT with every
     * field that is wrong.
     * </pre>
     */
    public void trackEvent(io.vitrine.v1.TrackEventRequest request,
        io.grpc.stub.StreamObserver<io.vitrine.v1.TrackEventResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getTrackEventMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * TrackEvents stores up to 1,000 events. Each has its own result, in the
     * order given: a bad one does not keep the others out.
     * </pre>
     */
    public void trackEvents(io.vitrine.v1.TrackEventsRequest request,
        io.grpc.stub.StreamObserver<io.vitrine.v1.TrackEventsResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getTrackEventsMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * StreamEvents takes events for as long as the stream lives, and acknowledges
     * each of them: cumulatively, as they become durable, with a result of its
     * own for every event that was not simply stored. Over HTTP the body has an event a
     * line.
     * </pre>
     */
    public io.grpc.stub.StreamObserver<io.vitrine.v1.StreamEventsRequest> streamEvents(
        io.grpc.stub.StreamObserver<io.vitrine.v1.StreamEventsResponse> responseObserver) {
      return io.grpc.stub.ClientCalls.asyncBidiStreamingCall(
          getChannel().newCall(getStreamEventsMethod(), getCallOptions()), responseObserver);
    }

    /**
     * <pre>
     * ImportEvents loads a log of the past, in time order, and reports progress.
     * The last message comes when everything stored has been learned from, too. Over HTTP
     * the body has an event a line.
     * </pre>
     */
    public io.grpc.stub.StreamObserver<io.vitrine.v1.ImportEventsRequest> importEvents(
        io.grpc.stub.StreamObserver<io.vitrine.v1.ImportEventsResponse> responseObserver) {
      return io.grpc.stub.ClientCalls.asyncBidiStreamingCall(
          getChannel().newCall(getImportEventsMethod(), getCallOptions()), responseObserver);
    }
  }

  /**
   * A stub to allow clients to do synchronous rpc calls to service EventService.
   * <pre>
   * EventService takes in what visitors do. Acknowledged means durable: an event
   * answered STORED survives the loss of power, counts exactly once, and is in
   * the visitor's very next decision.
   * </pre>
   */
  public static final class EventServiceBlockingV2Stub
      extends io.grpc.stub.AbstractBlockingStub<EventServiceBlockingV2Stub> {
    private EventServiceBlockingV2Stub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected EventServiceBlockingV2Stub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new EventServiceBlockingV2Stub(channel, callOptions);
    }

    /**
     * <pre>
     * TrackEvent stores one event. A bad event is INVALID_ARGUMENT with every
     * field that is wrong.
     * </pre>
     */
    public io.vitrine.v1.TrackEventResponse trackEvent(io.vitrine.v1.TrackEventRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getTrackEventMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * TrackEvents stores up to 1,000 events. Each has its own result, in the
     * order given: a bad one does not keep the others out.
     * </pre>
     */
    public io.vitrine.v1.TrackEventsResponse trackEvents(io.vitrine.v1.TrackEventsRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getTrackEventsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * StreamEvents takes events for as long as the stream lives, and acknowledges
     * each of them: cumulatively, as they become durable, with a result of its
     * own for every event that was not simply stored. Over HTTP the body has an event a
     * line.
     * </pre>
     */
    @io.grpc.ExperimentalApi("https://github.com/grpc/grpc-java/issues/10918")
    public io.grpc.stub.BlockingClientCall<io.vitrine.v1.StreamEventsRequest, io.vitrine.v1.StreamEventsResponse>
        streamEvents() {
      return io.grpc.stub.ClientCalls.blockingBidiStreamingCall(
          getChannel(), getStreamEventsMethod(), getCallOptions());
    }

    /**
     * <pre>
     * ImportEvents loads a log of the past, in time order, and reports progress.
     * The last message comes when everything stored has been learned from, too. Over HTTP
     * the body has an event a line.
     * </pre>
     */
    @io.grpc.ExperimentalApi("https://github.com/grpc/grpc-java/issues/10918")
    public io.grpc.stub.BlockingClientCall<io.vitrine.v1.ImportEventsRequest, io.vitrine.v1.ImportEventsResponse>
        importEvents() {
      return io.grpc.stub.ClientCalls.blockingBidiStreamingCall(
          getChannel(), getImportEventsMethod(), getCallOptions());
    }
  }

  /**
   * A stub to allow clients to do limited synchronous rpc calls to service EventService.
   * <pre>
   * EventService takes in what visitors do. Acknowledged means durable: an event
   * answered STORED survives the loss of power, counts exactly once, and is in
   * the visitor's very next decision.
   * </pre>
   */
  public static final class EventServiceBlockingStub
      extends io.grpc.stub.AbstractBlockingStub<EventServiceBlockingStub> {
    private EventServiceBlockingStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected EventServiceBlockingStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new EventServiceBlockingStub(channel, callOptions);
    }

    /**
     * <pre>
     * TrackEvent stores one event. A bad event is INVALID_ARGUMENT with every
     * field that is wrong.
     * </pre>
     */
    public io.vitrine.v1.TrackEventResponse trackEvent(io.vitrine.v1.TrackEventRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getTrackEventMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * TrackEvents stores up to 1,000 events. Each has its own result, in the
     * order given: a bad one does not keep the others out.
     * </pre>
     */
    public io.vitrine.v1.TrackEventsResponse trackEvents(io.vitrine.v1.TrackEventsRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getTrackEventsMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do ListenableFuture-style rpc calls to service EventService.
   * <pre>
   * EventService takes in what visitors do. Acknowledged means durable: an event
   * answered STORED survives the loss of power, counts exactly once, and is in
   * the visitor's very next decision.
   * </pre>
   */
  public static final class EventServiceFutureStub
      extends io.grpc.stub.AbstractFutureStub<EventServiceFutureStub> {
    private EventServiceFutureStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected EventServiceFutureStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new EventServiceFutureStub(channel, callOptions);
    }

    /**
     * <pre>
     * TrackEvent stores one event. A bad event is INVALID_ARGUMENT with every
     * field that is wrong.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.vitrine.v1.TrackEventResponse> trackEvent(
        io.vitrine.v1.TrackEventRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getTrackEventMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * TrackEvents stores up to 1,000 events. Each has its own result, in the
     * order given: a bad one does not keep the others out.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.vitrine.v1.TrackEventsResponse> trackEvents(
        io.vitrine.v1.TrackEventsRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getTrackEventsMethod(), getCallOptions()), request);
    }
  }

  private static final int METHODID_TRACK_EVENT = 0;
  private static final int METHODID_TRACK_EVENTS = 1;
  private static final int METHODID_STREAM_EVENTS = 2;
  private static final int METHODID_IMPORT_EVENTS = 3;

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
        case METHODID_TRACK_EVENT:
          serviceImpl.trackEvent((io.vitrine.v1.TrackEventRequest) request,
              (io.grpc.stub.StreamObserver<io.vitrine.v1.TrackEventResponse>) responseObserver);
          break;
        case METHODID_TRACK_EVENTS:
          serviceImpl.trackEvents((io.vitrine.v1.TrackEventsRequest) request,
              (io.grpc.stub.StreamObserver<io.vitrine.v1.TrackEventsResponse>) responseObserver);
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
        case METHODID_STREAM_EVENTS:
          return (io.grpc.stub.StreamObserver<Req>) serviceImpl.streamEvents(
              (io.grpc.stub.StreamObserver<io.vitrine.v1.StreamEventsResponse>) responseObserver);
        case METHODID_IMPORT_EVENTS:
          return (io.grpc.stub.StreamObserver<Req>) serviceImpl.importEvents(
              (io.grpc.stub.StreamObserver<io.vitrine.v1.ImportEventsResponse>) responseObserver);
        default:
          throw new AssertionError();
      }
    }
  }

  public static final io.grpc.ServerServiceDefinition bindService(AsyncService service) {
    return io.grpc.ServerServiceDefinition.builder(getServiceDescriptor())
        .addMethod(
          getTrackEventMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.vitrine.v1.TrackEventRequest,
              io.vitrine.v1.TrackEventResponse>(
                service, METHODID_TRACK_EVENT)))
        .addMethod(
          getTrackEventsMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.vitrine.v1.TrackEventsRequest,
              io.vitrine.v1.TrackEventsResponse>(
                service, METHODID_TRACK_EVENTS)))
        .addMethod(
          getStreamEventsMethod(),
          io.grpc.stub.ServerCalls.asyncBidiStreamingCall(
            new MethodHandlers<
              io.vitrine.v1.StreamEventsRequest,
              io.vitrine.v1.StreamEventsResponse>(
                service, METHODID_STREAM_EVENTS)))
        .addMethod(
          getImportEventsMethod(),
          io.grpc.stub.ServerCalls.asyncBidiStreamingCall(
            new MethodHandlers<
              io.vitrine.v1.ImportEventsRequest,
              io.vitrine.v1.ImportEventsResponse>(
                service, METHODID_IMPORT_EVENTS)))
        .build();
  }

  private static abstract class EventServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoFileDescriptorSupplier, io.grpc.protobuf.ProtoServiceDescriptorSupplier {
    EventServiceBaseDescriptorSupplier() {}

    @java.lang.Override
    public com.google.protobuf.Descriptors.FileDescriptor getFileDescriptor() {
      return io.vitrine.v1.EventServiceProto.getDescriptor();
    }

    @java.lang.Override
    public com.google.protobuf.Descriptors.ServiceDescriptor getServiceDescriptor() {
      return getFileDescriptor().findServiceByName("EventService");
    }
  }

  private static final class EventServiceFileDescriptorSupplier
      extends EventServiceBaseDescriptorSupplier {
    EventServiceFileDescriptorSupplier() {}
  }

  private static final class EventServiceMethodDescriptorSupplier
      extends EventServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoMethodDescriptorSupplier {
    private final java.lang.String methodName;

    EventServiceMethodDescriptorSupplier(java.lang.String methodName) {
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
      synchronized (EventServiceGrpc.class) {
        result = serviceDescriptor;
        if (result == null) {
          serviceDescriptor = result = io.grpc.ServiceDescriptor.newBuilder(SERVICE_NAME)
              .setSchemaDescriptor(new EventServiceFileDescriptorSupplier())
              .addMethod(getTrackEventMethod())
              .addMethod(getTrackEventsMethod())
              .addMethod(getStreamEventsMethod())
              .addMethod(getImportEventsMethod())
              .build();
        }
      }
    }
    return result;
  }
}
