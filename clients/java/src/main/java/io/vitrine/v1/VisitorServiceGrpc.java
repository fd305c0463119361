package io.vitrine.v1;

import static io.grpc.MethodDescriptor.generateFullMethodName;

/**
 * <pre>
 * VisitorService is the visitor's side: what they allow, who they are, what is known
 * of them, and how they carry it away or have it forgotten.
 * A visitor is a device, `sites/{site}/visitors/{device_id}`, or a person, who is a set
 * of devices, `sites/{site}/persons/{person_id}`.
 * </pre>
 */
@io.grpc.stub.annotations.GrpcGenerated
public final class VisitorServiceGrpc {

  private VisitorServiceGrpc() {}

  public static final java.lang.String SERVICE_NAME = "vitrine.v1.VisitorService";

  // Static method descriptors that strictly reflect the proto.
  private static volatile io.grpc.MethodDescriptor<io.vitrine.v1.GetVisitorRequest,
      io.vitrine.v1.Visitor> getGetVisitorMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "GetVisitor",
      requestType = io.vitrine.v1.GetVisitorRequest.class,
      responseType = io.vitrine.v1.Visitor.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.vitrine.v1.GetVisitorRequest,
      io.vitrine.v1.Visitor> getGetVisitorMethod() {
    io.grpc.MethodDescriptor<io.vitrine.v1.GetVisitorRequest, io.vitrine.v1.Visitor> getGetVisitorMethod;
    if ((getGetVisitorMethod = VisitorServiceGrpc.getGetVisitorMethod) == null) {
      synchronized (VisitorServiceGrpc.class) {
        if ((getGetVisitorMethod = VisitorServiceGrpc.getGetVisitorMethod) == null) {
          VisitorServiceGrpc.getGetVisitorMethod = getGetVisitorMethod =
              io.grpc.MethodDescriptor.<io.vitrine.v1.GetVisitorRequest, io.vitrine.v1.Visitor>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "GetVisitor"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.vitrine.v1.GetVisitorRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.vitrine.v1.Visitor.getDefaultInstance()))
              .setSchemaDescriptor(new VisitorServiceMethodDescriptorSupplier("GetVisitor"))
              .build();
        }
      }
    }
    return getGetVisitorMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.vitrine.v1.SetConsentRequest,
      io.vitrine.v1.SetConsentResponse> getSetConsentMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "SetConsent",
      requestType = io.vitrine.v1.SetConsentRequest.class,
      responseType = io.vitrine.v1.SetConsentResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.vitrine.v1.SetConsentRequest,
      io.vitrine.v1.SetConsentResponse> getSetConsentMethod() {
    io.grpc.MethodDescriptor<io.vitrine.v1.SetConsentRequest, io.vitrine.v1.SetConsentResponse> getSetConsentMethod;
    if ((getSetConsentMethod = VisitorServiceGrpc.getSetConsentMethod) == null) {
      synchronized (VisitorServiceGrpc.class) {
        if ((getSetConsentMethod = VisitorServiceGrpc.getSetConsentMethod) == null) {
          VisitorServiceGrpc.getSetConsentMethod = getSetConsentMethod =
              io.grpc.MethodDescriptor.<io.vitrine.v1.SetConsentRequest, io.vitrine.v1.SetConsentResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "SetConsent"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.vitrine.v1.SetConsentRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.vitrine.v1.SetConsentResponse.getDefaultInstance()))
              .setSchemaDescriptor(new VisitorServiceMethodDescriptorSupplier("SetConsent"))
              .build();
        }
      }
    }
    return getSetConsentMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.vitrine.v1.LinkVisitorsRequest,
      io.vitrine.v1.Person> getLinkVisitorsMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "LinkVisitors",
      requestType = io.vitrine.v1.LinkVisitorsRequest.class,
      responseType = io.vitrine.v1.Person.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.vitrine.v1.LinkVisitorsRequest,
      io.vitrine.v1.Person> getLinkVisitorsMethod() {
    io.grpc.MethodDescriptor<io.vitrine.v1.LinkVisitorsRequest, io.vitrine.v1.Person> getLinkVisitorsMethod;
    if ((getLinkVisitorsMethod = VisitorServiceGrpc.getLinkVisitorsMethod) == null) {
      synchronized (VisitorServiceGrpc.class) {
        if ((getLinkVisitorsMethod = VisitorServiceGrpc.getLinkVisitorsMethod) == null) {
          VisitorServiceGrpc.getLinkVisitorsMethod = getLinkVisitorsMethod =
              io.grpc.MethodDescriptor.<io.vitrine.v1.LinkVisitorsRequest, io.vitrine.v1.Person>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "LinkVisitors"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.vitrine.v1.LinkVisitorsRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.vitrine.v1.Person.getDefaultInstance()))
              .setSchemaDescriptor(new VisitorServiceMethodDescriptorSupplier("LinkVisitors"))
              .build();
        }
      }
    }
    return getLinkVisitorsMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.vitrine.v1.UnlinkVisitorsRequest,
      io.vitrine.v1.Person> getUnlinkVisitorsMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "UnlinkVisitors",
      requestType = io.vitrine.v1.UnlinkVisitorsRequest.class,
      responseType = io.vitrine.v1.Person.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.vitrine.v1.UnlinkVisitorsRequest,
      io.vitrine.v1.Person> getUnlinkVisitorsMethod() {
    io.grpc.MethodDescriptor<io.vitrine.v1.UnlinkVisitorsRequest, io.vitrine.v1.Person> getUnlinkVisitorsMethod;
    if ((getUnlinkVisitorsMethod = VisitorServiceGrpc.getUnlinkVisitorsMethod) == null) {
      synchronized (VisitorServiceGrpc.class) {
        if ((getUnlinkVisitorsMethod = VisitorServiceGrpc.getUnlinkVisitorsMethod) == null) {
          VisitorServiceGrpc.getUnlinkVisitorsMethod = getUnlinkVisitorsMethod =
              io.grpc.MethodDescriptor.<io.vitrine.v1.UnlinkVisitorsRequest, io.vitrine.v1.Person>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "UnlinkVisitors"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.vitrine.v1.UnlinkVisitorsRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.vitrine.v1.Person.getDefaultInstance()))
              .setSchemaDescriptor(new VisitorServiceMethodDescriptorSupplier("UnlinkVisitors"))
              .build();
        }
      }
    }
    return getUnlinkVisitorsMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.vitrine.v1.ImportVisitorsRequest,
      io.vitrine.v1.ImportVisitorsResponse> getImportVisitorsMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ImportVisitors",
      requestType = io.vitrine.v1.ImportVisitorsRequest.class,
      responseType = io.vitrine.v1.ImportVisitorsResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.BIDI_STREAMING)
  public static io.grpc.MethodDescriptor<io.vitrine.v1.ImportVisitorsRequest,
      io.vitrine.v1.ImportVisitorsResponse> getImportVisitorsMethod() {
    io.grpc.MethodDescriptor<io.vitrine.v1.ImportVisitorsRequest, io.vitrine.v1.ImportVisitorsResponse> getImportVisitorsMethod;
    if ((getImportVisitorsMethod = VisitorServiceGrpc.getImportVisitorsMethod) == null) {
      synchronized (VisitorServiceGrpc.class) {
        if ((getImportVisitorsMethod = VisitorServiceGrpc.getImportVisitorsMethod) == null) {
          VisitorServiceGrpc.getImportVisitorsMethod = getImportVisitorsMethod =
              io.grpc.MethodDescriptor.<io.vitrine.v1.ImportVisitorsRequest, io.vitrine.v1.ImportVisitorsResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.BIDI_STREAMING)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ImportVisitors"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.vitrine.v1.ImportVisitorsRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.vitrine.v1.ImportVisitorsResponse.getDefaultInstance()))
              .setSchemaDescriptor(new VisitorServiceMethodDescriptorSupplier("ImportVisitors"))
              .build();
        }
      }
    }
    return getImportVisitorsMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.vitrine.v1.ExportVisitorRequest,
      io.vitrine.v1.ExportVisitorResponse> getExportVisitorMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ExportVisitor",
      requestType = io.vitrine.v1.ExportVisitorRequest.class,
      responseType = io.vitrine.v1.ExportVisitorResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING)
  public static io.grpc.MethodDescriptor<io.vitrine.v1.ExportVisitorRequest,
      io.vitrine.v1.ExportVisitorResponse> getExportVisitorMethod() {
    io.grpc.MethodDescriptor<io.vitrine.v1.ExportVisitorRequest, io.vitrine.v1.ExportVisitorResponse> getExportVisitorMethod;
    if ((getExportVisitorMethod = VisitorServiceGrpc.getExportVisitorMethod) == null) {
      synchronized (VisitorServiceGrpc.class) {
        if ((getExportVisitorMethod = VisitorServiceGrpc.getExportVisitorMethod) == null) {
          VisitorServiceGrpc.getExportVisitorMethod = getExportVisitorMethod =
              io.grpc.MethodDescriptor.<io.vitrine.v1.ExportVisitorRequest, io.vitrine.v1.ExportVisitorResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ExportVisitor"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.vitrine.v1.ExportVisitorRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.vitrine.v1.ExportVisitorResponse.getDefaultInstance()))
              .setSchemaDescriptor(new VisitorServiceMethodDescriptorSupplier("ExportVisitor"))
              .build();
        }
      }
    }
    return getExportVisitorMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.vitrine.v1.EraseVisitorRequest,
      io.vitrine.v1.EraseVisitorResponse> getEraseVisitorMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "EraseVisitor",
      requestType = io.vitrine.v1.EraseVisitorRequest.class,
      responseType = io.vitrine.v1.EraseVisitorResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.vitrine.v1.EraseVisitorRequest,
      io.vitrine.v1.EraseVisitorResponse> getEraseVisitorMethod() {
    io.grpc.MethodDescriptor<io.vitrine.v1.EraseVisitorRequest, io.vitrine.v1.EraseVisitorResponse> getEraseVisitorMethod;
    if ((getEraseVisitorMethod = VisitorServiceGrpc.getEraseVisitorMethod) == null) {
      synchronized (VisitorServiceGrpc.class) {
        if ((getEraseVisitorMethod = VisitorServiceGrpc.getEraseVisitorMethod) == null) {
          VisitorServiceGrpc.getEraseVisitorMethod = getEraseVisitorMethod =
              io.grpc.MethodDescriptor.<io.vitrine.v1.EraseVisitorRequest, io.vitrine.v1.EraseVisitorResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "EraseVisitor"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.vitrine.v1.EraseVisitorRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.vitrine.v1.EraseVisitorResponse.getDefaultInstance()))
              .setSchemaDescriptor(new VisitorServiceMethodDescriptorSupplier("EraseVisitor"))
              .build();
        }
      }
    }
    return getEraseVisitorMethod;
  }

  /**
   * Creates a new async stub that supports all call types for the service
   */
  public static VisitorServiceStub newStub(io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<VisitorServiceStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<VisitorServiceStub>() {
        @java.lang.Override
        public VisitorServiceStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new VisitorServiceStub(channel, callOptions);
        }
      };
    return VisitorServiceStub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports all types of calls on the service
   */
  public static VisitorServiceBlockingV2Stub newBlockingV2Stub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<VisitorServiceBlockingV2Stub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<VisitorServiceBlockingV2Stub>() {
        @java.lang.Override
        public VisitorServiceBlockingV2Stub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new VisitorServiceBlockingV2Stub(channel, callOptions);
        }
      };
    return VisitorServiceBlockingV2Stub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports unary and streaming output calls on the service
   */
  public static VisitorServiceBlockingStub newBlockingStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<VisitorServiceBlockingStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<VisitorServiceBlockingStub>() {
        @java.lang.Override
        public VisitorServiceBlockingStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new VisitorServiceBlockingStub(channel, callOptions);
        }
      };
    return VisitorServiceBlockingStub.newStub(factory, channel);
  }

  /**
   * Creates a new ListenableFuture-style stub that supports unary calls on the service
   */
  public static VisitorServiceFutureStub newFutureStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<VisitorServiceFutureStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<VisitorServiceFutureStub>() {
        @java.lang.Override
        public VisitorServiceFutureStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new VisitorServiceFutureStub(channel, callOptions);
        }
      };
    return VisitorServiceFutureStub.newStub(factory, channel);
  }

  /**
   * <pre>
   * VisitorService is the visitor's side: what they allow, who they are, what is known
   * of them, and how they carry it away or have it forgotten.
   * A visitor is a device, `sites/{site}/visitors/{device_id}`, or a person, who is a set
   * of devices, `sites/{site}/persons/{person_id}`.
   * </pre>
   */
  public interface AsyncService {

    /**
     * <pre>
     * GetVisitor tells what is known of a visitor, as of now, in words and numbers. Of a
     * device that is linked to a person it tells what is known of the person. NOT_FOUND
     * for a visitor of whom nothing is stored. It is for the visitor's own eyes: it
     * answers whatever they allow.
     * </pre>
     */
    default void getVisitor(io.vitrine.v1.GetVisitorRequest request,
        io.grpc.stub.StreamObserver<io.vitrine.v1.Visitor> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getGetVisitorMethod(), responseObserver);
    }

    /**
     * <pre>
     * SetConsent stores what a visitor allows. It holds from the very next call on, until
     * it is set again. A visitor who takes PROFILE back is treated as one never seen from
     * then on; what was kept of them before rests unread, until they allow it again, have
     * it erased, or it is past retention.
     * </pre>
     */
    default void setConsent(io.vitrine.v1.SetConsentRequest request,
        io.grpc.stub.StreamObserver<io.vitrine.v1.SetConsentResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getSetConsentMethod(), responseObserver);
    }

    /**
     * <pre>
     * LinkVisitors joins devices to a person. From the next call on decisions, caps and
     * contact budgets see all that the person did on any of them. What each device
     * contributed is kept apart. A device of another person is taken from them. It is the
     * same however often it is called. FAILED_PRECONDITION beyond the site's max_devices.
     * </pre>
     */
    default void linkVisitors(io.vitrine.v1.LinkVisitorsRequest request,
        io.grpc.stub.StreamObserver<io.vitrine.v1.Person> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getLinkVisitorsMethod(), responseObserver);
    }

    /**
     * <pre>
     * UnlinkVisitors takes devices from a person, and both are as if they had never been
     * joined. It is the same however often it is called.
     * </pre>
     */
    default void unlinkVisitors(io.vitrine.v1.UnlinkVisitorsRequest request,
        io.grpc.stub.StreamObserver<io.vitrine.v1.Person> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getUnlinkVisitorsMethod(), responseObserver);
    }

    /**
     * <pre>
     * ImportVisitors takes in what the shop knows from elsewhere: attributes from the CRM,
     * links, and orders from the store or the call centre. Each visitor is checked by
     * itself: bad ones are told and left out. It answers with its progress. Over HTTP the
     * body has a visitor a line.
     * </pre>
     */
    default io.grpc.stub.StreamObserver<io.vitrine.v1.ImportVisitorsRequest> importVisitors(
        io.grpc.stub.StreamObserver<io.vitrine.v1.ImportVisitorsResponse> responseObserver) {
      return io.grpc.stub.ServerCalls.asyncUnimplementedStreamingCall(getImportVisitorsMethod(), responseObserver);
    }

    /**
     * <pre>
     * ExportVisitor streams everything that is kept of a visitor as lines of JSON, for
     * them to carry away. `vitrine import events` takes it back. NOT_FOUND for a visitor
     * of whom nothing is stored. Over HTTP the body is those lines.
     * </pre>
     */
    default void exportVisitor(io.vitrine.v1.ExportVisitorRequest request,
        io.grpc.stub.StreamObserver<io.vitrine.v1.ExportVisitorResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getExportVisitorMethod(), responseObserver);
    }

    /**
     * <pre>
     * EraseVisitor forgets a visitor: profile, events, decisions, links, memberships,
     * contacts, and what models learned from them, as far as it can be told apart. When it
     * returns they are answered as one never seen. The bytes are gone from the files after
     * AdminService.Compact. Of a person it erases all their devices; of a device that is
     * linked, the device alone. NOT_FOUND when there was nothing.
     * </pre>
     */
    default void eraseVisitor(io.vitrine.v1.EraseVisitorRequest request,
        io.grpc.stub.StreamObserver<io.vitrine.v1.EraseVisitorResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getEraseVisitorMethod(), responseObserver);
    }
  }

  /**
   * Base class for the server implementation of the service VisitorService.
   * <pre>
   * VisitorService is the visitor's side: what they allow, who they are, what is known
   * of them, and how they carry it away or have it forgotten.
   * A visitor is a device, `sites/{site}/visitors/{device_id}`, or a person, who is a set
   * of devices, `sites/{site}/persons/{person_id}`.
   * </pre>
   */
  public static abstract class VisitorServiceImplBase
      implements io.grpc.BindableService, AsyncService {

    @java.lang.Override public final io.grpc.ServerServiceDefinition bindService() {
      return VisitorServiceGrpc.bindService(this);
    }
  }

  /**
   * A stub to allow clients to do asynchronous rpc calls to service VisitorService.
   * <pre>
   * VisitorService is the visitor's side: what they allow, who they are, what is known
   * of them, and how they carry it away or have it forgotten.
   * A visitor is a device, `sites/{site}/visitors/{device_id}`, or a person, who is a set
   * of devices, `sites/{site}/persons/{person_id}`.
   * </pre>
   */
  public static final class VisitorServiceStub
      extends io.grpc.stub.AbstractAsyncStub<VisitorServiceStub> {
    private VisitorServiceStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected VisitorServiceStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new VisitorServiceStub(channel, callOptions);
    }

    /**
     * <pre>
     * GetVisitor tells what is known of a visitor, as of now, in words and numbers. Of a
     * device that is linked to a person it tells what is known of the person. NOT_FOUND
     * for a visitor of whom nothing is stored. It is for the visitor's own eyes: it
     * answers whatever they allow.
     * </pre>
     */
    public void getVisitor(io.vitrine.v1.GetVisitorRequest request,
        io.grpc.stub.StreamObserver<io.vitrine.v1.Visitor> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getGetVisitorMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * SetConsent stores what a visitor allows. It holds from the very next call on, until
     * it is set again. A visitor who takes PROFILE back is treated as one never seen from
     * then on; what was kept of them before rests unread, until they allow it again, have
     * it erased, or it is past retention.
     * </pre>
     */
    public void setConsent(io.vitrine.v1.SetConsentRequest request,
        io.grpc.stub.StreamObserver<io.vitrine.v1.SetConsentResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getSetConsentMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * LinkVisitors joins devices to a person. From the next call on decisions, caps and
     * contact budgets see all that the person did on any of them. What each device
     * contributed is kept apart. A device of another person is taken from them. It is the
     * same however often it is called. FAILED_PRECONDITION beyond the site's max_devices.
     * </pre>
     */
    public void linkVisitors(io.vitrine.v1.LinkVisitorsRequest request,
        io.grpc.stub.StreamObserver<io.vitrine.v1.Person> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getLinkVisitorsMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * UnlinkVisitors takes devices from a person, and both are as if they had never been
     * joined. It is the same however often it is called.
     * </pre>
     */
    public void unlinkVisitors(io.vitrine.v1.UnlinkVisitorsRequest request,
        io.grpc.stub.StreamObserver<io.vitrine.v1.Person> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getUnlinkVisitorsMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * ImportVisitors takes in what the shop knows from elsewhere: attributes from the CRM,
     * links, and orders from the store or the call centre. Each visitor is checked by
     * itself: bad ones are told and left out. It answers with its progress. Over HTTP the
     * body has a visitor a line.
     * </pre>
     */
    public io.grpc.stub.StreamObserver<io.vitrine.v1.ImportVisitorsRequest> importVisitors(
        io.grpc.stub.StreamObserver<io.vitrine.v1.ImportVisitorsResponse> responseObserver) {
      return io.grpc.stub.ClientCalls.asyncBidiStreamingCall(
          getChannel().newCall(getImportVisitorsMethod(), getCallOptions()), responseObserver);
    }

    /**
     * <pre>
     * ExportVisitor streams everything that is kept of a visitor as lines of JSON, for
     * them to carry away. `vitrine import events` takes it back. NOT_FOUND for a visitor
     * of whom nothing is stored. Over HTTP the body is those lines.
     * </pre>
     */
    public void exportVisitor(io.vitrine.v1.ExportVisitorRequest request,
        io.grpc.stub.StreamObserver<io.vitrine.v1.ExportVisitorResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncServerStreamingCall(
          getChannel().newCall(getExportVisitorMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * EraseVisitor forgets a visitor: profile, events, decisions, links, memberships,
     * contacts, and what models learned from them, as far as it can be told apart. When it
     * returns they are answered as one never seen. The bytes are gone from the files after
     * AdminService.Compact. Of a person it erases all their devices; of a device that is
     * linked, the device alone. NOT_FOUND when there was nothing.
     * </pre>
     */
    public void eraseVisitor(io.vitrine.v1.EraseVisitorRequest request,
        io.grpc.stub.StreamObserver<io.vitrine.v1.EraseVisitorResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getEraseVisitorMethod(), getCallOptions()), request, responseObserver);
    }
  }

  /**
   * A stub to allow clients to do synchronous rpc calls to service VisitorService.
   * <pre>
   * VisitorService is the visitor's side: what they allow, who they are, what is known
   * of them, and how they carry it away or have it forgotten.
   * A visitor is a device, `sites/{site}/visitors/{device_id}`, or a person, who is a set
   * of devices, `sites/{site}/persons/{person_id}`.
   * </pre>
   */
  public static final class VisitorServiceBlockingV2Stub
      extends io.grpc.stub.AbstractBlockingStub<VisitorServiceBlockingV2Stub> {
    private VisitorServiceBlockingV2Stub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected VisitorServiceBlockingV2Stub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new VisitorServiceBlockingV2Stub(channel, callOptions);
    }

    /**
     * <pre>
     * GetVisitor tells what is known of a visitor, as of now, in words and numbers. Of a
     * device that is linked to a person it tells what is known of the person. NOT_FOUND
     * for a visitor of whom nothing is stored. It is for the visitor's own eyes: it
     * answers whatever they allow.
     * </pre>
     */
    public io.vitrine.v1.Visitor getVisitor(io.vitrine.v1.GetVisitorRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getGetVisitorMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * SetConsent stores what a visitor allows. It holds from the very next call on, until
     * it is set again. A visitor who takes PROFILE back is treated as one never seen from
     * then on; what was kept of them before rests unread, until they allow it again, have
     * it erased, or it is past retention.
     * </pre>
     */
    public io.vitrine.v1.SetConsentResponse setConsent(io.vitrine.v1.SetConsentRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getSetConsentMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * LinkVisitors joins devices to a person. From the next call on decisions, caps and
     * contact budgets see all that the person did on any of them. What each device
     * contributed is kept apart. A device of another person is taken from them. It is the
     * same however often it is called. FAILED_PRECONDITION beyond the site's max_devices.
     * </pre>
     */
    public io.vitrine.v1.Person linkVisitors(io.vitrine.v1.LinkVisitorsRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getLinkVisitorsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * UnlinkVisitors takes devices from a person, and both are as if they had never been
     * joined. It is the same however often it is called.
     * </pre>
     */
    public io.vitrine.v1.Person unlinkVisitors(io.vitrine.v1.UnlinkVisitorsRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getUnlinkVisitorsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * ImportVisitors takes in what the shop knows from elsewhere: attributes from the CRM,
     * links, and orders from the store or the call centre. Each visitor is checked by
     * itself: bad ones are told and left out. It answers with its progress. Over HTTP the
     * body has a visitor a line.
     * </pre>
     */
    @io.grpc.ExperimentalApi("https://github.com/grpc/grpc-java/issues/10918")
    public io.grpc.stub.BlockingClientCall<io.vitrine.v1.ImportVisitorsRequest, io.vitrine.v1.ImportVisitorsResponse>
        importVisitors() {
      return io.grpc.stub.ClientCalls.blockingBidiStreamingCall(
          getChannel(), getImportVisitorsMethod(), getCallOptions());
    }

    /**
     * <pre>
     * ExportVisitor streams everything that is kept of a visitor as lines of JSON, for
     * them to carry away. `vitrine import events` takes it back. NOT_FOUND for a visitor
     * of whom nothing is stored. Over HTTP the body is those lines.
     * </pre>
     */
    @io.grpc.ExperimentalApi("https://github.com/grpc/grpc-java/issues/10918")
    public io.grpc.stub.BlockingClientCall<?, io.vitrine.v1.ExportVisitorResponse>
        exportVisitor(io.vitrine.v1.ExportVisitorRequest request) {
      return io.grpc.stub.ClientCalls.blockingV2ServerStreamingCall(
          getChannel(), getExportVisitorMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * EraseVisitor forgets a visitor: profile, events, decisions, links, memberships,
     * contacts, and what models learned from them, as far as it can be told apart. When it
     * returns they are answered as one never seen. The bytes are gone from the files after
     * AdminService.Compact. Of a person it erases all their devices; of a device that is
     * linked, the device alone. NOT_FOUND when there was nothing.
     * </pre>
     */
    public io.vitrine.v1.EraseVisitorResponse eraseVisitor(io.vitrine.v1.EraseVisitorRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getEraseVisitorMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do limited synchronous rpc calls to service VisitorService.
   * <pre>
   * VisitorService is the visitor's side: what they allow, who they are, what is known
   * of them, and how they carry it away or have it forgotten.
   * A visitor is a device, `sites/{site}/visitors/{device_id}`, or a person, who is a set
   * of devices, `sites/{site}/persons/{person_id}`.
   * </pre>
   */
  public static final class VisitorServiceBlockingStub
      extends io.grpc.stub.AbstractBlockingStub<VisitorServiceBlockingStub> {
    private VisitorServiceBlockingStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected VisitorServiceBlockingStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new VisitorServiceBlockingStub(channel, callOptions);
    }

    /**
     * <pre>
     * GetVisitor tells what is known of a visitor, as of now, in words and numbers. Of a
     * device that is linked to a person it tells what is known of the person. NOT_FOUND
     * for a visitor of whom nothing is stored. It is for the visitor's own eyes: it
     * answers whatever they allow.
     * </pre>
     */
    public io.vitrine.v1.Visitor getVisitor(io.vitrine.v1.GetVisitorRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getGetVisitorMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * SetConsent stores what a visitor allows. It holds from the very next call on, until
     * it is set again. A visitor who takes PROFILE back is treated as one never seen from
     * then on; what was kept of them before rests unread, until they allow it again, have
     * it erased, or it is past retention.
     * </pre>
     */
    public io.vitrine.v1.SetConsentResponse setConsent(io.vitrine.v1.SetConsentRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getSetConsentMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * LinkVisitors joins devices to a person. From the next call on decisions, caps and
     * contact budgets see all that the person did on any of them. What each device
     * contributed is kept apart. A device of another person is taken from them. It is the
     * same however often it is called. FAILED_PRECONDITION beyond the site's max_devices.
     * </pre>
     */
    public io.vitrine.v1.Person linkVisitors(io.vitrine.v1.LinkVisitorsRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getLinkVisitorsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * UnlinkVisitors takes devices from a person, and both are as if they had never been
     * joined. It is the same however often it is called.
     * </pre>
     */
    public io.vitrine.v1.Person unlinkVisitors(io.vitrine.v1.UnlinkVisitorsRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getUnlinkVisitorsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * ExportVisitor streams everything that is kept of a visitor as lines of JSON, for
     * them to carry away. `vitrine import events` takes it back. NOT_FOUND for a visitor
     * of whom nothing is stored. Over HTTP the body is those lines.
     * </pre>
     */
    public java.util.Iterator<io.vitrine.v1.ExportVisitorResponse> exportVisitor(
        io.vitrine.v1.ExportVisitorRequest request) {
      return io.grpc.stub.ClientCalls.blockingServerStreamingCall(
          getChannel(), getExportVisitorMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * EraseVisitor forgets a visitor: profile, events, decisions, links, memberships,
     * contacts, and what models learned from them, as far as it can be told apart. When it
     * returns they are answered as one never seen. The bytes are gone from the files after
     * AdminService.Compact. Of a person it erases all their devices; of a device that is
     * linked, the device alone. NOT_FOUND when there was nothing.
     * </pre>
     */
    public io.vitrine.v1.EraseVisitorResponse eraseVisitor(io.vitrine.v1.EraseVisitorRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getEraseVisitorMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do ListenableFuture-style rpc calls to service VisitorService.
   * <pre>
   * VisitorService is the visitor's side: what they allow, who they are, what is known
   * of them, and how they carry it away or have it forgotten.
   * A visitor is a device, `sites/{site}/visitors/{device_id}`, or a person, who is a set
   * of devices, `sites/{site}/persons/{person_id}`.
   * </pre>
   */
  public static final class VisitorServiceFutureStub
      extends io.grpc.stub.AbstractFutureStub<VisitorServiceFutureStub> {
    private VisitorServiceFutureStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected VisitorServiceFutureStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new VisitorServiceFutureStub(channel, callOptions);
    }

    /**
     * <pre>
     * GetVisitor tells what is known of a visitor, as of now, in words and numbers. Of a
     * device that is linked to a person it tells what is known of the person. NOT_FOUND
     * for a visitor of whom nothing is stored. It is for the visitor's own eyes: it
     * answers whatever they allow.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.vitrine.v1.Visitor> getVisitor(
        io.vitrine.v1.GetVisitorRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getGetVisitorMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * SetConsent stores what a visitor allows. It holds from the very next call on, until
     * it is set again. A visitor who takes PROFILE back is treated as one never seen from
     * then on; what was kept of them before rests unread, until they allow it again, have
     * it erased, or it is past retention.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.vitrine.v1.SetConsentResponse> setConsent(
        io.vitrine.v1.SetConsentRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getSetConsentMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * LinkVisitors joins devices to a person. From the next call on decisions, caps and
     * contact budgets see all that the person did on any of them. What each device
     * contributed is kept apart. A device of another person is taken from them. It is the
     * same however often it is called. FAILED_PRECONDITION beyond the site's max_devices.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.vitrine.v1.Person> linkVisitors(
        io.vitrine.v1.LinkVisitorsRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getLinkVisitorsMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * UnlinkVisitors takes devices from a person, and both are as if they had never been
     * joined. It is the same however often it is called.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.vitrine.v1.Person> unlinkVisitors(
        io.vitrine.v1.UnlinkVisitorsRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getUnlinkVisitorsMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * EraseVisitor forgets a visitor: profile, events, decisions, links, memberships,
     * contacts, and what models learned from them, as far as it can be told apart. When it
     * returns they are answered as one never seen. The bytes are gone from the files after
     * AdminService.Compact. Of a person it erases all their devices; of a device that is
     * linked, the device alone. NOT_FOUND when there was nothing.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.vitrine.v1.EraseVisitorResponse> eraseVisitor(
        io.vitrine.v1.EraseVisitorRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getEraseVisitorMethod(), getCallOptions()), request);
    }
  }

  private static final int METHODID_GET_VISITOR = 0;
  private static final int METHODID_SET_CONSENT = 1;
  private static final int METHODID_LINK_VISITORS = 2;
  private static final int METHODID_UNLINK_VISITORS = 3;
  private static final int METHODID_EXPORT_VISITOR = 4;
  private static final int METHODID_ERASE_VISITOR = 5;
  private static final int METHODID_IMPORT_VISITORS = 6;

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
        case METHODID_GET_VISITOR:
          serviceImpl.getVisitor((io.vitrine.v1.GetVisitorRequest) request,
              (io.grpc.stub.StreamObserver<io.vitrine.v1.Visitor>) responseObserver);
          break;
        case METHODID_SET_CONSENT:
          serviceImpl.setConsent((io.vitrine.v1.SetConsentRequest) request,
              (io.grpc.stub.StreamObserver<io.vitrine.v1.SetConsentResponse>) responseObserver);
          break;
        case METHODID_LINK_VISITORS:
          serviceImpl.linkVisitors((io.vitrine.v1.LinkVisitorsRequest) request,
              (io.grpc.stub.StreamObserver<io.vitrine.v1.Person>) responseObserver);
          break;
        case METHODID_UNLINK_VISITORS:
          serviceImpl.unlinkVisitors((io.vitrine.v1.UnlinkVisitorsRequest) request,
              (io.grpc.stub.StreamObserver<io.vitrine.v1.Person>) responseObserver);
          break;
        case METHODID_EXPORT_VISITOR:
          serviceImpl.exportVisitor((io.vitrine.v1.ExportVisitorRequest) request,
              (io.grpc.stub.StreamObserver<io.vitrine.v1.ExportVisitorResponse>) responseObserver);
          break;
        case METHODID_ERASE_VISITOR:
          serviceImpl.eraseVisitor((io.vitrine.v1.EraseVisitorRequest) request,
              (io.grpc.stub.StreamObserver<io.vitrine.v1.EraseVisitorResponse>) responseObserver);
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
        case METHODID_IMPORT_VISITORS:
          return (io.grpc.stub.StreamObserver<Req>) serviceImpl.importVisitors(
              (io.grpc.stub.StreamObserver<io.vitrine.v1.ImportVisitorsResponse>) responseObserver);
        default:
          throw new AssertionError();
      }
    }
  }

  public static final io.grpc.ServerServiceDefinition bindService(AsyncService service) {
    return io.grpc.ServerServiceDefinition.builder(getServiceDescriptor())
        .addMethod(
          getGetVisitorMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.vitrine.v1.GetVisitorRequest,
              io.vitrine.v1.Visitor>(
                service, METHODID_GET_VISITOR)))
        .addMethod(
          getSetConsentMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.vitrine.v1.SetConsentRequest,
              io.vitrine.v1.SetConsentResponse>(
                service, METHODID_SET_CONSENT)))
        .addMethod(
          getLinkVisitorsMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.vitrine.v1.LinkVisitorsRequest,
              io.vitrine.v1.Person>(
                service, METHODID_LINK_VISITORS)))
        .addMethod(
          getUnlinkVisitorsMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.vitrine.v1.UnlinkVisitorsRequest,
              io.vitrine.v1.Person>(
                service, METHODID_UNLINK_VISITORS)))
        .addMethod(
          getImportVisitorsMethod(),
          io.grpc.stub.ServerCalls.asyncBidiStreamingCall(
            new MethodHandlers<
              io.vitrine.v1.ImportVisitorsRequest,
              io.vitrine.v1.ImportVisitorsResponse>(
                service, METHODID_IMPORT_VISITORS)))
        .addMethod(
          getExportVisitorMethod(),
          io.grpc.stub.ServerCalls.asyncServerStreamingCall(
            new MethodHandlers<
              io.vitrine.v1.ExportVisitorRequest,
              io.vitrine.v1.ExportVisitorResponse>(
                service, METHODID_EXPORT_VISITOR)))
        .addMethod(
          getEraseVisitorMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.vitrine.v1.EraseVisitorRequest,
              io.vitrine.v1.EraseVisitorResponse>(
                service, METHODID_ERASE_VISITOR)))
        .build();
  }

  private static abstract class VisitorServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoFileDescriptorSupplier, io.grpc.protobuf.ProtoServiceDescriptorSupplier {
    VisitorServiceBaseDescriptorSupplier() {}

    @java.lang.Override
    public com.google.protobuf.Descriptors.FileDescriptor getFileDescriptor() {
      return io.vitrine.v1.VisitorServiceProto.getDescriptor();
    }

    @java.lang.Override
    public com.google.protobuf.Descriptors.ServiceDescriptor getServiceDescriptor() {
      return getFileDescriptor().findServiceByName("VisitorService");
    }
  }

  private static final class VisitorServiceFileDescriptorSupplier
      extends VisitorServiceBaseDescriptorSupplier {
    VisitorServiceFileDescriptorSupplier() {}
  }

  private static final class VisitorServiceMethodDescriptorSupplier
      extends VisitorServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoMethodDescriptorSupplier {
    private final java.lang.String methodName;

    VisitorServiceMethodDescriptorSupplier(java.lang.String methodName) {
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
      synchronized (VisitorServiceGrpc.class) {
        result = serviceDescriptor;
        if (result == null) {
          serviceDescriptor = result = io.grpc.ServiceDescriptor.newBuilder(SERVICE_NAME)
              .setSchemaDescriptor(new VisitorServiceFileDescriptorSupplier())
              .addMethod(getGetVisitorMethod())
              .addMethod(getSetConsentMethod())
              .addMethod(getLinkVisitorsMethod())
              .addMethod(getUnlinkVisitorsMethod())
              .addMethod(getImportVisitorsMethod())
              .addMethod(getExportVisitorMethod())
              .addMethod(getEraseVisitorMethod())
              .build();
        }
      }
    }
    return result;
  }
}
