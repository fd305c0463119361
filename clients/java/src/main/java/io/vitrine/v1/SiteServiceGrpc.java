package io.vitrine.v1;

import static io.grpc.MethodDescriptor.generateFullMethodName;

/**
 * <pre>
 * SiteService manages the tenants. One installation serves many shops, and
 * nothing crosses from one to another: neither products nor visitors nor what
 * was learned.
 * </pre>
 */
@io.grpc.stub.annotations.GrpcGenerated
public final class SiteServiceGrpc {

  private SiteServiceGrpc() {}

  public static final java.lang.String SERVICE_NAME = "vitrine.v1.SiteService";

  // Static method descriptors that strictly reflect the proto.
  private static volatile io.grpc.MethodDescriptor<io.vitrine.v1.CreateSiteRequest,
      io.vitrine.v1.Site> getCreateSiteMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "CreateSite",
      requestType = io.vitrine.v1.CreateSiteRequest.class,
      responseType = io.vitrine.v1.Site.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.vitrine.v1.CreateSiteRequest,
      io.vitrine.v1.Site> getCreateSiteMethod() {
    io.grpc.MethodDescriptor<io.vitrine.v1.CreateSiteRequest, io.vitrine.v1.Site> getCreateSiteMethod;
    if ((getCreateSiteMethod = SiteServiceGrpc.getCreateSiteMethod) == null) {
      synchronized (SiteServiceGrpc.class) {
        if ((getCreateSiteMethod = SiteServiceGrpc.getCreateSiteMethod) == null) {
          SiteServiceGrpc.getCreateSiteMethod = getCreateSiteMethod =
              io.grpc.MethodDescriptor.<io.vitrine.v1.CreateSiteRequest, io.vitrine.v1.Site>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "CreateSite"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.vitrine.v1.CreateSiteRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.vitrine.v1.Site.getDefaultInstance()))
              .setSchemaDescriptor(new SiteServiceMethodDescriptorSupplier("CreateSite"))
              .build();
        }
      }
    }
    return getCreateSiteMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.vitrine.v1.GetSiteRequest,
      io.vitrine.v1.Site> getGetSiteMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "GetSite",
      requestType = io.vitrine.v1.GetSiteRequest.class,
      responseType = io.vitrine.v1.Site.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.vitrine.v1.GetSiteRequest,
      io.vitrine.v1.Site> getGetSiteMethod() {
    io.grpc.MethodDescriptor<io.vitrine.v1.GetSiteRequest, io.vitrine.v1.Site> getGetSiteMethod;
    if ((getGetSiteMethod = SiteServiceGrpc.getGetSiteMethod) == null) {
      synchronized (SiteServiceGrpc.class) {
        if ((getGetSiteMethod = SiteServiceGrpc.getGetSiteMethod) == null) {
          SiteServiceGrpc.getGetSiteMethod = getGetSiteMethod =
              io.grpc.MethodDescriptor.<io.vitrine.v1.GetSiteRequest, io.vitrine.v1.Site>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "GetSite"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.vitrine.v1.GetSiteRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.vitrine.v1.Site.getDefaultInstance()))
              .setSchemaDescriptor(new SiteServiceMethodDescriptorSupplier("GetSite"))
              .build();
        }
      }
    }
    return getGetSiteMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.vitrine.v1.ListSitesRequest,
      io.vitrine.v1.ListSitesResponse> getListSitesMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ListSites",
      requestType = io.vitrine.v1.ListSitesRequest.class,
      responseType = io.vitrine.v1.ListSitesResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.vitrine.v1.ListSitesRequest,
      io.vitrine.v1.ListSitesResponse> getListSitesMethod() {
    io.grpc.MethodDescriptor<io.vitrine.v1.ListSitesRequest, io.vitrine.v1.ListSitesResponse> getListSitesMethod;
    if ((getListSitesMethod = SiteServiceGrpc.getListSitesMethod) == null) {
      synchronized (SiteServiceGrpc.class) {
        if ((getListSitesMethod = SiteServiceGrpc.getListSitesMethod) == null) {
          SiteServiceGrpc.getListSitesMethod = getListSitesMethod =
              io.grpc.MethodDescriptor.<io.vitrine.v1.ListSitesRequest, io.vitrine.v1.ListSitesResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ListSites"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.vitrine.v1.ListSitesRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.vitrine.v1.ListSitesResponse.getDefaultInstance()))
              .setSchemaDescriptor(new SiteServiceMethodDescriptorSupplier("ListSites"))
              .build();
        }
      }
    }
    return getListSitesMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.vitrine.v1.UpdateSiteRequest,
      io.vitrine.v1.Site> getUpdateSiteMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "UpdateSite",
      requestType = io.vitrine.v1.UpdateSiteRequest.class,
      responseType = io.vitrine.v1.Site.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.vitrine.v1.UpdateSiteRequest,
      io.vitrine.v1.Site> getUpdateSiteMethod() {
    io.grpc.MethodDescriptor<io.vitrine.v1.UpdateSiteRequest, io.vitrine.v1.Site> getUpdateSiteMethod;
    if ((getUpdateSiteMethod = SiteServiceGrpc.getUpdateSiteMethod) == null) {
      synchronized (SiteServiceGrpc.class) {
        if ((getUpdateSiteMethod = SiteServiceGrpc.getUpdateSiteMethod) == null) {
          SiteServiceGrpc.getUpdateSiteMethod = getUpdateSiteMethod =
              io.grpc.MethodDescriptor.<io.vitrine.v1.UpdateSiteRequest, io.vitrine.v1.Site>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "UpdateSite"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.vitrine.v1.UpdateSiteRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.vitrine.v1.Site.getDefaultInstance()))
              .setSchemaDescriptor(new SiteServiceMethodDescriptorSupplier("UpdateSite"))
              .build();
        }
      }
    }
    return getUpdateSiteMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.vitrine.v1.DeleteSiteRequest,
      com.google.protobuf.Empty> getDeleteSiteMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "DeleteSite",
      requestType = io.vitrine.v1.DeleteSiteRequest.class,
      responseType = com.google.protobuf.Empty.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.vitrine.v1.DeleteSiteRequest,
      com.google.protobuf.Empty> getDeleteSiteMethod() {
    io.grpc.MethodDescriptor<io.vitrine.v1.DeleteSiteRequest, com.google.protobuf.Empty> getDeleteSiteMethod;
    if ((getDeleteSiteMethod = SiteServiceGrpc.getDeleteSiteMethod) == null) {
      synchronized (SiteServiceGrpc.class) {
        if ((getDeleteSiteMethod = SiteServiceGrpc.getDeleteSiteMethod) == null) {
          SiteServiceGrpc.getDeleteSiteMethod = getDeleteSiteMethod =
              io.grpc.MethodDescriptor.<io.vitrine.v1.DeleteSiteRequest, com.google.protobuf.Empty>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "DeleteSite"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.vitrine.v1.DeleteSiteRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  com.google.protobuf.Empty.getDefaultInstance()))
              .setSchemaDescriptor(new SiteServiceMethodDescriptorSupplier("DeleteSite"))
              .build();
        }
      }
    }
    return getDeleteSiteMethod;
  }

  /**
   * Creates a new async stub that supports all call types for the service
   */
  public static SiteServiceStub newStub(io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<SiteServiceStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<SiteServiceStub>() {
        @java.lang.Override
        public SiteServiceStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new SiteServiceStub(channel, callOptions);
        }
      };
    return SiteServiceStub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports all types of calls on the service
   */
  public static SiteServiceBlockingV2Stub newBlockingV2Stub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<SiteServiceBlockingV2Stub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<SiteServiceBlockingV2Stub>() {
        @java.lang.Override
        public SiteServiceBlockingV2Stub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new SiteServiceBlockingV2Stub(channel, callOptions);
        }
      };
    return SiteServiceBlockingV2Stub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports unary and streaming output calls on the service
   */
  public static SiteServiceBlockingStub newBlockingStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<SiteServiceBlockingStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<SiteServiceBlockingStub>() {
        @java.lang.Override
        public SiteServiceBlockingStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new SiteServiceBlockingStub(channel, callOptions);
        }
      };
    return SiteServiceBlockingStub.newStub(factory, channel);
  }

  /**
   * Creates a new ListenableFuture-style stub that supports unary calls on the service
   */
  public static SiteServiceFutureStub newFutureStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<SiteServiceFutureStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<SiteServiceFutureStub>() {
        @java.lang.Override
        public SiteServiceFutureStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new SiteServiceFutureStub(channel, callOptions);
        }
      };
    return SiteServiceFutureStub.newStub(factory, channel);
  }

  /**
   * <pre>
   * SiteService manages the tenants. One installation serves many shops, and
   * nothing crosses from one to another: neither products nor visitors nor what
   * was learned.
   * </pre>
   */
  public interface AsyncService {

    /**
     * <pre>
     * CreateSite opens a new, empty shop with one placement, `home`, of twelve
     * products. ALREADY_EXISTS if the id is taken.
     * </pre>
     */
    default void createSite(io.vitrine.v1.CreateSiteRequest request,
        io.grpc.stub.StreamObserver<io.vitrine.v1.Site> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getCreateSiteMethod(), responseObserver);
    }

    /**
     * <pre>
     * GetSite returns one site, or NOT_FOUND.
     * </pre>
     */
    default void getSite(io.vitrine.v1.GetSiteRequest request,
        io.grpc.stub.StreamObserver<io.vitrine.v1.Site> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getGetSiteMethod(), responseObserver);
    }

    /**
     * <pre>
     * ListSites returns the sites in the order of their ids.
     * </pre>
     */
    default void listSites(io.vitrine.v1.ListSitesRequest request,
        io.grpc.stub.StreamObserver<io.vitrine.v1.ListSitesResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getListSitesMethod(), responseObserver);
    }

    /**
     * <pre>
     * UpdateSite changes the fields in update_mask, for the very next decision:
     * display_name, contact_policy and visitor_policy. INVALID_ARGUMENT for others, which what is kept
     * of a site depends on. ABORTED if the etag is stale.
     * </pre>
     */
    default void updateSite(io.vitrine.v1.UpdateSiteRequest request,
        io.grpc.stub.StreamObserver<io.vitrine.v1.Site> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getUpdateSiteMethod(), responseObserver);
    }

    /**
     * <pre>
     * DeleteSite removes a shop with everything it holds: products, placements,
     * visitors, events, decisions and what was learned. It can't be undone.
     * </pre>
     */
    default void deleteSite(io.vitrine.v1.DeleteSiteRequest request,
        io.grpc.stub.StreamObserver<com.google.protobuf.Empty> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getDeleteSiteMethod(), responseObserver);
    }
  }

  /**
   * Base class for the server implementation of the service SiteService.
   * <pre>
   * SiteService manages the tenants. One installation serves many shops, and
   * nothing crosses from one to another: neither products nor visitors nor what
   * was learned.
   * </pre>
   */
  public static abstract class SiteServiceImplBase
      implements io.grpc.BindableService, AsyncService {

    @java.lang.Override public final io.grpc.ServerServiceDefinition bindService() {
      return SiteServiceGrpc.bindService(this);
    }
  }

  /**
   * A stub to allow clients to do asynchronous rpc calls to service SiteService.
   * <pre>
   * SiteService manages the tenants. One installation serves many shops, and
   * nothing crosses from one to another: neither products nor visitors nor what
   * was learned.
   * </pre>
   */
  public static final class SiteServiceStub
      extends io.grpc.stub.AbstractAsyncStub<SiteServiceStub> {
    private SiteServiceStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected SiteServiceStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new SiteServiceStub(channel, callOptions);
    }

    /**
     * <pre>
     * CreateSite opens a new, empty shop with one placement, `home`, of twelve
     * products. ALREADY_EXISTS if the id is taken.
     * </pre>
     */
    public void createSite(io.vitrine.v1.CreateSiteRequest request,
        io.grpc.stub.StreamObserver<io.vitrine.v1.Site> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getCreateSiteMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * GetSite returns one site, or NOT_FOUND.
     * </pre>
     */
    public void getSite(io.vitrine.v1.GetSiteRequest request,
        io.grpc.stub.StreamObserver<io.vitrine.v1.Site> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getGetSiteMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * ListSites returns the sites in the order of their ids.
     * </pre>
     */
    public void listSites(io.vitrine.v1.ListSitesRequest request,
        io.grpc.stub.StreamObserver<io.vitrine.v1.ListSitesResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getListSitesMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * UpdateSite changes the fields in update_mask, for the very next decision:
     * display_name, contact_policy and visitor_policy. INVALID_ARGUMENT for others, which what is kept
     * of a site depends on. ABORTED if the etag is stale.
     * </pre>
     */
    public void updateSite(io.vitrine.v1.UpdateSiteRequest request,
        io.grpc.stub.StreamObserver<io.vitrine.v1.Site> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getUpdateSiteMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * DeleteSite removes a shop with everything it holds: products, placements,
     * visitors, events, decisions and what was learned. It can't be undone.
     * </pre>
     */
    public void deleteSite(io.vitrine.v1.DeleteSiteRequest request,
        io.grpc.stub.StreamObserver<com.google.protobuf.Empty> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getDeleteSiteMethod(), getCallOptions()), request, responseObserver);
    }
  }

  /**
   * A stub to allow clients to do synchronous rpc calls to service SiteService.
   * <pre>
   * SiteService manages the tenants. One installation serves many shops, and
   * nothing crosses from one to another: neither products nor visitors nor what
   * was learned.
   * </pre>
   */
  public static final class SiteServiceBlockingV2Stub
      extends io.grpc.stub.AbstractBlockingStub<SiteServiceBlockingV2Stub> {
    private SiteServiceBlockingV2Stub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected SiteServiceBlockingV2Stub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new SiteServiceBlockingV2Stub(channel, callOptions);
    }

    /**
     * <pre>
     * CreateSite opens a new, empty shop with one placement, `home`, of twelve
     * products. ALREADY_EXISTS if the id is taken.
     * </pre>
     */
    public io.vitrine.v1.Site createSite(io.vitrine.v1.CreateSiteRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getCreateSiteMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * GetSite returns one site, or NOT_FOUND.
     * </pre>
     */
    public io.vitrine.v1.Site getSite(io.vitrine.v1.GetSiteRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getGetSiteMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * ListSites returns the sites in the order of their ids.
     * </pre>
     */
    public io.vitrine.v1.ListSitesResponse listSites(io.vitrine.v1.ListSitesRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getListSitesMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * UpdateSite changes the fields in update_mask, for the very next decision:
     * display_name, contact_policy and visitor_policy. INVALID_ARGUMENT for others, which what is kept
     * of a site depends on. ABORTED if the etag is stale.
     * </pre>
     */
    public io.vitrine.v1.Site updateSite(io.vitrine.v1.UpdateSiteRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getUpdateSiteMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * DeleteSite removes a shop with everything it holds: products, placements,
     * visitors, events, decisions and what was learned. It can't be undone.
     * </pre>
     */
    public com.google.protobuf.Empty deleteSite(io.vitrine.v1.DeleteSiteRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getDeleteSiteMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do limited synchronous rpc calls to service SiteService.
   * <pre>
   * SiteService manages the tenants. One installation serves many shops, and
   * nothing crosses from one to another: neither products nor visitors nor what
   * was learned.
   * </pre>
   */
  public static final class SiteServiceBlockingStub
      extends io.grpc.stub.AbstractBlockingStub<SiteServiceBlockingStub> {
    private SiteServiceBlockingStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected SiteServiceBlockingStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new SiteServiceBlockingStub(channel, callOptions);
    }

    /**
     * <pre>
     * CreateSite opens a new, empty shop with one placement, `home`, of twelve
     * products. ALREADY_EXISTS if the id is taken.
     * </pre>
     */
    public io.vitrine.v1.Site createSite(io.vitrine.v1.CreateSiteRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getCreateSiteMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * GetSite returns one site, or NOT_FOUND.
     * </pre>
     */
    public io.vitrine.v1.Site getSite(io.vitrine.v1.GetSiteRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getGetSiteMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * ListSites returns the sites in the order of their ids.
     * </pre>
     */
    public io.vitrine.v1.ListSitesResponse listSites(io.vitrine.v1.ListSitesRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getListSitesMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * UpdateSite changes the fields in update_mask, for the very next decision:
     * display_name, contact_policy and visitor_policy. INVALID_ARGUMENT for others, which what is kept
     * of a site depends on. ABORTED if the etag is stale.
     * </pre>
     */
    public io.vitrine.v1.Site updateSite(io.vitrine.v1.UpdateSiteRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getUpdateSiteMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * DeleteSite removes a shop with everything it holds: products, placements,
     * visitors, events, decisions and what was learned. It can't be undone.
     * </pre>
     */
    public com.google.protobuf.Empty deleteSite(io.vitrine.v1.DeleteSiteRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getDeleteSiteMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do ListenableFuture-style rpc calls to service SiteService.
   * <pre>
   * SiteService manages the tenants. One installation serves many shops, and
   * nothing crosses from one to another: neither products nor visitors nor what
   * was learned.
   * </pre>
   */
  public static final class SiteServiceFutureStub
      extends io.grpc.stub.AbstractFutureStub<SiteServiceFutureStub> {
    private SiteServiceFutureStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected SiteServiceFutureStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new SiteServiceFutureStub(channel, callOptions);
    }

    /**
     * <pre>
     * CreateSite opens a new, empty shop with one placement, `home`, of twelve
     * products. ALREADY_EXISTS if the id is taken.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.vitrine.v1.Site> createSite(
        io.vitrine.v1.CreateSiteRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getCreateSiteMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * GetSite returns one site, or NOT_FOUND.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.vitrine.v1.Site> getSite(
        io.vitrine.v1.GetSiteRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getGetSiteMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * ListSites returns the sites in the order of their ids.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.vitrine.v1.ListSitesResponse> listSites(
        io.vitrine.v1.ListSitesRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getListSitesMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * UpdateSite changes the fields in update_mask, for the very next decision:
     * display_name, contact_policy and visitor_policy. INVALID_ARGUMENT for others, which what is kept
     * of a site depends on. ABORTED if the etag is stale.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.vitrine.v1.Site> updateSite(
        io.vitrine.v1.UpdateSiteRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getUpdateSiteMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * DeleteSite removes a shop with everything it holds: products, placements,
     * visitors, events, decisions and what was learned. It can't be undone.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<com.google.protobuf.Empty> deleteSite(
        io.vitrine.v1.DeleteSiteRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getDeleteSiteMethod(), getCallOptions()), request);
    }
  }

  private static final int METHODID_CREATE_SITE = 0;
  private static final int METHODID_GET_SITE = 1;
  private static final int METHODID_LIST_SITES = 2;
  private static final int METHODID_UPDATE_SITE = 3;
  private static final int METHODID_DELETE_SITE = 4;

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
        case METHODID_CREATE_SITE:
          serviceImpl.createSite((io.vitrine.v1.CreateSiteRequest) request,
              (io.grpc.stub.StreamObserver<io.vitrine.v1.Site>) responseObserver);
          break;
        case METHODID_GET_SITE:
          serviceImpl.getSite((io.vitrine.v1.GetSiteRequest) request,
              (io.grpc.stub.StreamObserver<io.vitrine.v1.Site>) responseObserver);
          break;
        case METHODID_LIST_SITES:
          serviceImpl.listSites((io.vitrine.v1.ListSitesRequest) request,
              (io.grpc.stub.StreamObserver<io.vitrine.v1.ListSitesResponse>) responseObserver);
          break;
        case METHODID_UPDATE_SITE:
          serviceImpl.updateSite((io.vitrine.v1.UpdateSiteRequest) request,
              (io.grpc.stub.StreamObserver<io.vitrine.v1.Site>) responseObserver);
          break;
        case METHODID_DELETE_SITE:
          serviceImpl.deleteSite((io.vitrine.v1.DeleteSiteRequest) request,
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
          getCreateSiteMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.vitrine.v1.CreateSiteRequest,
              io.vitrine.v1.Site>(
                service, METHODID_CREATE_SITE)))
        .addMethod(
          getGetSiteMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.vitrine.v1.GetSiteRequest,
              io.vitrine.v1.Site>(
                service, METHODID_GET_SITE)))
        .addMethod(
          getListSitesMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.vitrine.v1.ListSitesRequest,
              io.vitrine.v1.ListSitesResponse>(
                service, METHODID_LIST_SITES)))
        .addMethod(
          getUpdateSiteMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.vitrine.v1.UpdateSiteRequest,
              io.vitrine.v1.Site>(
                service, METHODID_UPDATE_SITE)))
        .addMethod(
          getDeleteSiteMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.vitrine.v1.DeleteSiteRequest,
              com.google.protobuf.Empty>(
                service, METHODID_DELETE_SITE)))
        .build();
  }

  private static abstract class SiteServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoFileDescriptorSupplier, io.grpc.protobuf.ProtoServiceDescriptorSupplier {
    SiteServiceBaseDescriptorSupplier() {}

    @java.lang.Override
    public com.google.protobuf.Descriptors.FileDescriptor getFileDescriptor() {
      return io.vitrine.v1.SiteServiceProto.getDescriptor();
    }

    @java.lang.Override
    public com.google.protobuf.Descriptors.ServiceDescriptor getServiceDescriptor() {
      return getFileDescriptor().findServiceByName("SiteService");
    }
  }

  private static final class SiteServiceFileDescriptorSupplier
      extends SiteServiceBaseDescriptorSupplier {
    SiteServiceFileDescriptorSupplier() {}
  }

  private static final class SiteServiceMethodDescriptorSupplier
      extends SiteServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoMethodDescriptorSupplier {
    private final java.lang.String methodName;

    SiteServiceMethodDescriptorSupplier(java.lang.String methodName) {
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
      synchronized (SiteServiceGrpc.class) {
        result = serviceDescriptor;
        if (result == null) {
          serviceDescriptor = result = io.grpc.ServiceDescriptor.newBuilder(SERVICE_NAME)
              .setSchemaDescriptor(new SiteServiceFileDescriptorSupplier())
              .addMethod(getCreateSiteMethod())
              .addMethod(getGetSiteMethod())
              .addMethod(getListSitesMethod())
              .addMethod(getUpdateSiteMethod())
              .addMethod(getDeleteSiteMethod())
              .build();
        }
      }
    }
    return result;
  }
}
