package io.vitrine.v1;

import static io.grpc.MethodDescriptor.generateFullMethodName;

/**
 * <pre>
 * CatalogService keeps what the shop sells. Every change is durable when it is
 * answered, and holds for the very next decision.
 * </pre>
 */
@io.grpc.stub.annotations.GrpcGenerated
public final class CatalogServiceGrpc {

  private CatalogServiceGrpc() {}

  public static final java.lang.String SERVICE_NAME = "vitrine.v1.CatalogService";

  // Static method descriptors that strictly reflect the proto.
  private static volatile io.grpc.MethodDescriptor<io.vitrine.v1.CreateProductRequest,
      io.vitrine.v1.Product> getCreateProductMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "CreateProduct",
      requestType = io.vitrine.v1.CreateProductRequest.class,
      responseType = io.vitrine.v1.Product.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.vitrine.v1.CreateProductRequest,
      io.vitrine.v1.Product> getCreateProductMethod() {
    io.grpc.MethodDescriptor<io.vitrine.v1.CreateProductRequest, io.vitrine.v1.Product> getCreateProductMethod;
    if ((getCreateProductMethod = CatalogServiceGrpc.getCreateProductMethod) == null) {
      synchronized (CatalogServiceGrpc.class) {
        if ((getCreateProductMethod = CatalogServiceGrpc.getCreateProductMethod) == null) {
          CatalogServiceGrpc.getCreateProductMethod = getCreateProductMethod =
              io.grpc.MethodDescriptor.<io.vitrine.v1.CreateProductRequest, io.vitrine.v1.Product>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "CreateProduct"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.vitrine.v1.CreateProductRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.vitrine.v1.Product.getDefaultInstance()))
              .setSchemaDescriptor(new CatalogServiceMethodDescriptorSupplier("CreateProduct"))
              .build();
        }
      }
    }
    return getCreateProductMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.vitrine.v1.GetProductRequest,
      io.vitrine.v1.Product> getGetProductMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "GetProduct",
      requestType = io.vitrine.v1.GetProductRequest.class,
      responseType = io.vitrine.v1.Product.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.vitrine.v1.GetProductRequest,
      io.vitrine.v1.Product> getGetProductMethod() {
    io.grpc.MethodDescriptor<io.vitrine.v1.GetProductRequest, io.vitrine.v1.Product> getGetProductMethod;
    if ((getGetProductMethod = CatalogServiceGrpc.getGetProductMethod) == null) {
      synchronized (CatalogServiceGrpc.class) {
        if ((getGetProductMethod = CatalogServiceGrpc.getGetProductMethod) == null) {
          CatalogServiceGrpc.getGetProductMethod = getGetProductMethod =
              io.grpc.MethodDescriptor.<io.vitrine.v1.GetProductRequest, io.vitrine.v1.Product>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "GetProduct"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.vitrine.v1.GetProductRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.vitrine.v1.Product.getDefaultInstance()))
              .setSchemaDescriptor(new CatalogServiceMethodDescriptorSupplier("GetProduct"))
              .build();
        }
      }
    }
    return getGetProductMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.vitrine.v1.BatchGetProductsRequest,
      io.vitrine.v1.BatchGetProductsResponse> getBatchGetProductsMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "BatchGetProducts",
      requestType = io.vitrine.v1.BatchGetProductsRequest.class,
      responseType = io.vitrine.v1.BatchGetProductsResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.vitrine.v1.BatchGetProductsRequest,
      io.vitrine.v1.BatchGetProductsResponse> getBatchGetProductsMethod() {
    io.grpc.MethodDescriptor<io.vitrine.v1.BatchGetProductsRequest, io.vitrine.v1.BatchGetProductsResponse> getBatchGetProductsMethod;
    if ((getBatchGetProductsMethod = CatalogServiceGrpc.getBatchGetProductsMethod) == null) {
      synchronized (CatalogServiceGrpc.class) {
        if ((getBatchGetProductsMethod = CatalogServiceGrpc.getBatchGetProductsMethod) == null) {
          CatalogServiceGrpc.getBatchGetProductsMethod = getBatchGetProductsMethod =
              io.grpc.MethodDescriptor.<io.vitrine.v1.BatchGetProductsRequest, io.vitrine.v1.BatchGetProductsResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "BatchGetProducts"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.vitrine.v1.BatchGetProductsRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.vitrine.v1.BatchGetProductsResponse.getDefaultInstance()))
              .setSchemaDescriptor(new CatalogServiceMethodDescriptorSupplier("BatchGetProducts"))
              .build();
        }
      }
    }
    return getBatchGetProductsMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.vitrine.v1.ListProductsRequest,
      io.vitrine.v1.ListProductsResponse> getListProductsMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ListProducts",
      requestType = io.vitrine.v1.ListProductsRequest.class,
      responseType = io.vitrine.v1.ListProductsResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.vitrine.v1.ListProductsRequest,
      io.vitrine.v1.ListProductsResponse> getListProductsMethod() {
    io.grpc.MethodDescriptor<io.vitrine.v1.ListProductsRequest, io.vitrine.v1.ListProductsResponse> getListProductsMethod;
    if ((getListProductsMethod = CatalogServiceGrpc.getListProductsMethod) == null) {
      synchronized (CatalogServiceGrpc.class) {
        if ((getListProductsMethod = CatalogServiceGrpc.getListProductsMethod) == null) {
          CatalogServiceGrpc.getListProductsMethod = getListProductsMethod =
              io.grpc.MethodDescriptor.<io.vitrine.v1.ListProductsRequest, io.vitrine.v1.ListProductsResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ListProducts"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.vitrine.v1.ListProductsRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.vitrine.v1.ListProductsResponse.getDefaultInstance()))
              .setSchemaDescriptor(new CatalogServiceMethodDescriptorSupplier("ListProducts"))
              .build();
        }
      }
    }
    return getListProductsMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.vitrine.v1.UpdateProductRequest,
      io.vitrine.v1.Product> getUpdateProductMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "UpdateProduct",
      requestType = io.vitrine.v1.UpdateProductRequest.class,
      responseType = io.vitrine.v1.Product.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.vitrine.v1.UpdateProductRequest,
      io.vitrine.v1.Product> getUpdateProductMethod() {
    io.grpc.MethodDescriptor<io.vitrine.v1.UpdateProductRequest, io.vitrine.v1.Product> getUpdateProductMethod;
    if ((getUpdateProductMethod = CatalogServiceGrpc.getUpdateProductMethod) == null) {
      synchronized (CatalogServiceGrpc.class) {
        if ((getUpdateProductMethod = CatalogServiceGrpc.getUpdateProductMethod) == null) {
          CatalogServiceGrpc.getUpdateProductMethod = getUpdateProductMethod =
              io.grpc.MethodDescriptor.<io.vitrine.v1.UpdateProductRequest, io.vitrine.v1.Product>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "UpdateProduct"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.vitrine.v1.UpdateProductRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.vitrine.v1.Product.getDefaultInstance()))
              .setSchemaDescriptor(new CatalogServiceMethodDescriptorSupplier("UpdateProduct"))
              .build();
        }
      }
    }
    return getUpdateProductMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.vitrine.v1.DeleteProductRequest,
      com.google.protobuf.Empty> getDeleteProductMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "DeleteProduct",
      requestType = io.vitrine.v1.DeleteProductRequest.class,
      responseType = com.google.protobuf.Empty.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.vitrine.v1.DeleteProductRequest,
      com.google.protobuf.Empty> getDeleteProductMethod() {
    io.grpc.MethodDescriptor<io.vitrine.v1.DeleteProductRequest, com.google.protobuf.Empty> getDeleteProductMethod;
    if ((getDeleteProductMethod = CatalogServiceGrpc.getDeleteProductMethod) == null) {
      synchronized (CatalogServiceGrpc.class) {
        if ((getDeleteProductMethod = CatalogServiceGrpc.getDeleteProductMethod) == null) {
          CatalogServiceGrpc.getDeleteProductMethod = getDeleteProductMethod =
              io.grpc.MethodDescriptor.<io.vitrine.v1.DeleteProductRequest, com.google.protobuf.Empty>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "DeleteProduct"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.vitrine.v1.DeleteProductRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  com.google.protobuf.Empty.getDefaultInstance()))
              .setSchemaDescriptor(new CatalogServiceMethodDescriptorSupplier("DeleteProduct"))
              .build();
        }
      }
    }
    return getDeleteProductMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.vitrine.v1.ImportProductsRequest,
      io.vitrine.v1.ImportProductsResponse> getImportProductsMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ImportProducts",
      requestType = io.vitrine.v1.ImportProductsRequest.class,
      responseType = io.vitrine.v1.ImportProductsResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.BIDI_STREAMING)
  public static io.grpc.MethodDescriptor<io.vitrine.v1.ImportProductsRequest,
      io.vitrine.v1.ImportProductsResponse> getImportProductsMethod() {
    io.grpc.MethodDescriptor<io.vitrine.v1.ImportProductsRequest, io.vitrine.v1.ImportProductsResponse> getImportProductsMethod;
    if ((getImportProductsMethod = CatalogServiceGrpc.getImportProductsMethod) == null) {
      synchronized (CatalogServiceGrpc.class) {
        if ((getImportProductsMethod = CatalogServiceGrpc.getImportProductsMethod) == null) {
          CatalogServiceGrpc.getImportProductsMethod = getImportProductsMethod =
              io.grpc.MethodDescriptor.<io.vitrine.v1.ImportProductsRequest, io.vitrine.v1.ImportProductsResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.BIDI_STREAMING)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ImportProducts"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.vitrine.v1.ImportProductsRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.vitrine.v1.ImportProductsResponse.getDefaultInstance()))
              .setSchemaDescriptor(new CatalogServiceMethodDescriptorSupplier("ImportProducts"))
              .build();
        }
      }
    }
    return getImportProductsMethod;
  }

  /**
   * Creates a new async stub that supports all call types for the service
   */
  public static CatalogServiceStub newStub(io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<CatalogServiceStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<CatalogServiceStub>() {
        @java.lang.Override
        public CatalogServiceStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new CatalogServiceStub(channel, callOptions);
        }
      };
    return CatalogServiceStub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports all types of calls on the service
   */
  public static CatalogServiceBlockingV2Stub newBlockingV2Stub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<CatalogServiceBlockingV2Stub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<CatalogServiceBlockingV2Stub>() {
        @java.lang.Override
        public CatalogServiceBlockingV2Stub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new CatalogServiceBlockingV2Stub(channel, callOptions);
        }
      };
    return CatalogServiceBlockingV2Stub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports unary and streaming output calls on the service
   */
  public static CatalogServiceBlockingStub newBlockingStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<CatalogServiceBlockingStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<CatalogServiceBlockingStub>() {
        @java.lang.Override
        public CatalogServiceBlockingStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new CatalogServiceBlockingStub(channel, callOptions);
        }
      };
    return CatalogServiceBlockingStub.newStub(factory, channel);
  }

  /**
   * Creates a new ListenableFuture-style stub that supports unary calls on the service
   */
  public static CatalogServiceFutureStub newFutureStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<CatalogServiceFutureStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<CatalogServiceFutureStub>() {
        @java.lang.Override
        public CatalogServiceFutureStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new CatalogServiceFutureStub(channel, callOptions);
        }
      };
    return CatalogServiceFutureStub.newStub(factory, channel);
  }

  /**
   * <pre>
   * CatalogService keeps what the shop sells. Every change is durable when it is
   * answered, and holds for the very next decision.
   * </pre>
   */
  public interface AsyncService {

    /**
     * <pre>
     * CreateProduct adds a product. ALREADY_EXISTS if the id is taken.
     * </pre>
     */
    default void createProduct(io.vitrine.v1.CreateProductRequest request,
        io.grpc.stub.StreamObserver<io.vitrine.v1.Product> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getCreateProductMethod(), responseObserver);
    }

    /**
     * <pre>
     * GetProduct returns one product, or NOT_FOUND.
     * </pre>
     */
    default void getProduct(io.vitrine.v1.GetProductRequest request,
        io.grpc.stub.StreamObserver<io.vitrine.v1.Product> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getGetProductMethod(), responseObserver);
    }

    /**
     * <pre>
     * BatchGetProducts returns up to 1,000 products in the order asked for.
     * NOT_FOUND, naming every missing one, if any is missing.
     * </pre>
     */
    default void batchGetProducts(io.vitrine.v1.BatchGetProductsRequest request,
        io.grpc.stub.StreamObserver<io.vitrine.v1.BatchGetProductsResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getBatchGetProductsMethod(), responseObserver);
    }

    /**
     * <pre>
     * ListProducts returns the products in the order of their ids.
     * </pre>
     */
    default void listProducts(io.vitrine.v1.ListProductsRequest request,
        io.grpc.stub.StreamObserver<io.vitrine.v1.ListProductsResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getListProductsMethod(), responseObserver);
    }

    /**
     * <pre>
     * UpdateProduct changes the fields in update_mask. NOT_FOUND unless
     * allow_missing, ABORTED if the etag is stale.
     * </pre>
     */
    default void updateProduct(io.vitrine.v1.UpdateProductRequest request,
        io.grpc.stub.StreamObserver<io.vitrine.v1.Product> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getUpdateProductMethod(), responseObserver);
    }

    /**
     * <pre>
     * DeleteProduct removes a product at once from every later decision.
     * </pre>
     */
    default void deleteProduct(io.vitrine.v1.DeleteProductRequest request,
        io.grpc.stub.StreamObserver<com.google.protobuf.Empty> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getDeleteProductMethod(), responseObserver);
    }

    /**
     * <pre>
     * ImportProducts loads many products and reports progress after each batch.
     * A bad product is reported with its number and reason and left out; the rest
     * is stored. Every batch is durable when its progress message arrives. Over HTTP the
     * body has a product a line, and `mode` stands in the query.
     * </pre>
     */
    default io.grpc.stub.StreamObserver<io.vitrine.v1.ImportProductsRequest> importProducts(
        io.grpc.stub.StreamObserver<io.vitrine.v1.ImportProductsResponse> responseObserver) {
      return io.grpc.stub.ServerCalls.asyncUnimplementedStreamingCall(getImportProductsMethod(), responseObserver);
    }
  }

  /**
   * Base class for the server implementation of the service CatalogService.
   * <pre>
   * CatalogService keeps what the shop sells. Every change is durable when it is
   * answered, and holds for the very next decision.
   * </pre>
   */
  public static abstract class CatalogServiceImplBase
      implements io.grpc.BindableService, AsyncService {

    @java.lang.Override public final io.grpc.ServerServiceDefinition bindService() {
      return CatalogServiceGrpc.bindService(this);
    }
  }

  /**
   * A stub to allow clients to do asynchronous rpc calls to service CatalogService.
   * <pre>
   * CatalogService keeps what the shop sells. Every change is durable when it is
   * answered, and holds for the very next decision.
   * </pre>
   */
  public static final class CatalogServiceStub
      extends io.grpc.stub.AbstractAsyncStub<CatalogServiceStub> {
    private CatalogServiceStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected CatalogServiceStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new CatalogServiceStub(channel, callOptions);
    }

    /**
     * <pre>
     * CreateProduct adds a product. ALREADY_EXISTS if the id is taken.
     * </pre>
     */
    public void createProduct(io.vitrine.v1.CreateProductRequest request,
        io.grpc.stub.StreamObserver<io.vitrine.v1.Product> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getCreateProductMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * GetProduct returns one product, or NOT_FOUND.
     * </pre>
     */
    public void getProduct(io.vitrine.v1.GetProductRequest request,
        io.grpc.stub.StreamObserver<io.vitrine.v1.Product> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getGetProductMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * BatchGetProducts returns up to 1,000 products in the order asked for.
     * NOT_FOUND, naming every missing one, if any is missing.
     * </pre>
     */
    public void batchGetProducts(io.vitrine.v1.BatchGetProductsRequest request,
        io.grpc.stub.StreamObserver<io.vitrine.v1.BatchGetProductsResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getBatchGetProductsMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * ListProducts returns the products in the order of their ids.
     * </pre>
     */
    public void listProducts(io.vitrine.v1.ListProductsRequest request,
        io.grpc.stub.StreamObserver<io.vitrine.v1.ListProductsResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getListProductsMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * UpdateProduct changes the fields in update_mask. NOT_FOUND unless
     * allow_missing, ABORTED if the etag is stale.
     * </pre>
     */
    public void updateProduct(io.vitrine.v1.UpdateProductRequest request,
        io.grpc.stub.StreamObserver<io.vitrine.v1.Product> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getUpdateProductMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * DeleteProduct removes a product at once from every later decision.
     * </pre>
     */
    public void deleteProduct(io.vitrine.v1.DeleteProductRequest request,
        io.grpc.stub.StreamObserver<com.google.protobuf.Empty> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getDeleteProductMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * ImportProducts loads many products and reports progress after each batch.
     * A bad product is reported with its number and reason and left out; the rest
     * is stored. Every batch is durable when its progress message arrives. Over HTTP the
     * body has a product a line, and `mode` stands in the query.
     * </pre>
     */
    public io.grpc.stub.StreamObserver<io.vitrine.v1.ImportProductsRequest> importProducts(
        io.grpc.stub.StreamObserver<io.vitrine.v1.ImportProductsResponse> responseObserver) {
      return io.grpc.stub.ClientCalls.asyncBidiStreamingCall(
          getChannel().newCall(getImportProductsMethod(), getCallOptions()), responseObserver);
    }
  }

  /**
   * A stub to allow clients to do synchronous rpc calls to service CatalogService.
   * <pre>
   * CatalogService keeps what the shop sells. Every change is durable when it is
   * answered, and holds for the very next decision.
   * </pre>
   */
  public static final class CatalogServiceBlockingV2Stub
      extends io.grpc.stub.AbstractBlockingStub<CatalogServiceBlockingV2Stub> {
    private CatalogServiceBlockingV2Stub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected CatalogServiceBlockingV2Stub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new CatalogServiceBlockingV2Stub(channel, callOptions);
    }

    /**
     * <pre>
     * CreateProduct adds a product. ALREADY_EXISTS if the id is taken.
     * </pre>
     */
    public io.vitrine.v1.Product createProduct(io.vitrine.v1.CreateProductRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getCreateProductMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * GetProduct returns one product, or NOT_FOUND.
     * </pre>
     */
    public io.vitrine.v1.Product getProduct(io.vitrine.v1.GetProductRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getGetProductMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * BatchGetProducts returns up to 1,000 products in the order asked for.
     * NOT_FOUND, naming every missing one, if any is missing.
     * </pre>
     */
    public io.vitrine.v1.BatchGetProductsResponse batchGetProducts(io.vitrine.v1.BatchGetProductsRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getBatchGetProductsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * ListProducts returns the products in the order of their ids.
     * </pre>
     */
    public io.vitrine.v1.ListProductsResponse listProducts(io.vitrine.v1.ListProductsRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getListProductsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * UpdateProduct changes the fields in update_mask. NOT_FOUND unless
     * allow_missing, ABORTED if the etag is stale.
     * </pre>
     */
    public io.vitrine.v1.Product updateProduct(io.vitrine.v1.UpdateProductRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getUpdateProductMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * DeleteProduct removes a product at once from every later decision.
     * </pre>
     */
    public com.google.protobuf.Empty deleteProduct(io.vitrine.v1.DeleteProductRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getDeleteProductMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * ImportProducts loads many products and reports progress after each batch.
     * A bad product is reported with its number and reason and left out; the rest
     * is stored. Every batch is durable when its progress message arrives. Over HTTP the
     * body has a product a line, and `mode` stands in the query.
     * </pre>
     */
    @io.grpc.ExperimentalApi("https://github.com/grpc/grpc-java/issues/10918")
    public io.grpc.stub.BlockingClientCall<io.vitrine.v1.ImportProductsRequest, io.vitrine.v1.ImportProductsResponse>
        importProducts() {
      return io.grpc.stub.ClientCalls.blockingBidiStreamingCall(
          getChannel(), getImportProductsMethod(), getCallOptions());
    }
  }

  /**
   * A stub to allow clients to do limited synchronous rpc calls to service CatalogService.
   * <pre>
   * CatalogService keeps what the shop sells. Every change is durable when it is
   * answered, and holds for the very next decision.
   * </pre>
   */
  public static final class CatalogServiceBlockingStub
      extends io.grpc.stub.AbstractBlockingStub<CatalogServiceBlockingStub> {
    private CatalogServiceBlockingStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected CatalogServiceBlockingStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new CatalogServiceBlockingStub(channel, callOptions);
    }

    /**
     * <pre>
     * CreateProduct adds a product. ALREADY_EXISTS if the id is taken.
     * </pre>
     */
    public io.vitrine.v1.Product createProduct(io.vitrine.v1.CreateProductRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getCreateProductMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * GetProduct returns one product, or NOT_FOUND.
     * </pre>
     */
    public io.vitrine.v1.Product getProduct(io.vitrine.v1.GetProductRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getGetProductMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * BatchGetProducts returns up to 1,000 products in the order asked for.
     * NOT_FOUND, naming every missing one, if any is missing.
     * </pre>
     */
    public io.vitrine.v1.BatchGetProductsResponse batchGetProducts(io.vitrine.v1.BatchGetProductsRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getBatchGetProductsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * ListProducts returns the products in the order of their ids.
     * </pre>
     */
    public io.vitrine.v1.ListProductsResponse listProducts(io.vitrine.v1.ListProductsRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getListProductsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * UpdateProduct changes the fields in update_mask. NOT_FOUND unless
     * allow_missing, ABORTED if the etag is stale.
     * </pre>
     */
    public io.vitrine.v1.Product updateProduct(io.vitrine.v1.UpdateProductRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getUpdateProductMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * DeleteProduct removes a product at once from every later decision.
     * </pre>
     */
    public com.google.protobuf.Empty deleteProduct(io.vitrine.v1.DeleteProductRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getDeleteProductMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do ListenableFuture-style rpc calls to service CatalogService.
   * <pre>
   * CatalogService keeps what the shop sells. Every change is durable when it is
   * answered, and holds for the very next decision.
   * </pre>
   */
  public static final class CatalogServiceFutureStub
      extends io.grpc.stub.AbstractFutureStub<CatalogServiceFutureStub> {
    private CatalogServiceFutureStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected CatalogServiceFutureStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new CatalogServiceFutureStub(channel, callOptions);
    }

    /**
     * <pre>
     * CreateProduct adds a product. ALREADY_EXISTS if the id is taken.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.vitrine.v1.Product> createProduct(
        io.vitrine.v1.CreateProductRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getCreateProductMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * GetProduct returns one product, or NOT_FOUND.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.vitrine.v1.Product> getProduct(
        io.vitrine.v1.GetProductRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getGetProductMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * BatchGetProducts returns up to 1,000 products in the order asked for.
     * NOT_FOUND, naming every missing one, if any is missing.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.vitrine.v1.BatchGetProductsResponse> batchGetProducts(
        io.vitrine.v1.BatchGetProductsRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getBatchGetProductsMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * ListProducts returns the products in the order of their ids.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.vitrine.v1.ListProductsResponse> listProducts(
        io.vitrine.v1.ListProductsRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getListProductsMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * UpdateProduct changes the fields in update_mask. NOT_FOUND unless
     * allow_missing, ABORTED if the etag is stale.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.vitrine.v1.Product> updateProduct(
        io.vitrine.v1.UpdateProductRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getUpdateProductMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * DeleteProduct removes a product at once from every later decision.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<com.google.protobuf.Empty> deleteProduct(
        io.vitrine.v1.DeleteProductRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getDeleteProductMethod(), getCallOptions()), request);
    }
  }

  private static final int METHODID_CREATE_PRODUCT = 0;
  private static final int METHODID_GET_PRODUCT = 1;
  private static final int METHODID_BATCH_GET_PRODUCTS = 2;
  private static final int METHODID_LIST_PRODUCTS = 3;
  private static final int METHODID_UPDATE_PRODUCT = 4;
  private static final int METHODID_DELETE_PRODUCT = 5;
  private static final int METHODID_IMPORT_PRODUCTS = 6;

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
        case METHODID_CREATE_PRODUCT:
          serviceImpl.createProduct((io.vitrine.v1.CreateProductRequest) request,
              (io.grpc.stub.StreamObserver<io.vitrine.v1.Product>) responseObserver);
          break;
        case METHODID_GET_PRODUCT:
          serviceImpl.getProduct((io.vitrine.v1.GetProductRequest) request,
              (io.grpc.stub.StreamObserver<io.vitrine.v1.Product>) responseObserver);
          break;
        case METHODID_BATCH_GET_PRODUCTS:
          serviceImpl.batchGetProducts((io.vitrine.v1.BatchGetProductsRequest) request,
              (io.grpc.stub.StreamObserver<io.vitrine.v1.BatchGetProductsResponse>) responseObserver);
          break;
        case METHODID_LIST_PRODUCTS:
          serviceImpl.listProducts((io.vitrine.v1.ListProductsRequest) request,
              (io.grpc.stub.StreamObserver<io.vitrine.v1.ListProductsResponse>) responseObserver);
          break;
        case METHODID_UPDATE_PRODUCT:
          serviceImpl.updateProduct((io.vitrine.v1.UpdateProductRequest) request,
              (io.grpc.stub.StreamObserver<io.vitrine.v1.Product>) responseObserver);
          break;
        case METHODID_DELETE_PRODUCT:
          serviceImpl.deleteProduct((io.vitrine.v1.DeleteProductRequest) request,
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
        case METHODID_IMPORT_PRODUCTS:
          return (io.grpc.stub.StreamObserver<Req>) serviceImpl.importProducts(
              (io.grpc.stub.StreamObserver<io.vitrine.v1.ImportProductsResponse>) responseObserver);
        default:
          throw new AssertionError();
      }
    }
  }

  public static final io.grpc.ServerServiceDefinition bindService(AsyncService service) {
    return io.grpc.ServerServiceDefinition.builder(getServiceDescriptor())
        .addMethod(
          getCreateProductMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.vitrine.v1.CreateProductRequest,
              io.vitrine.v1.Product>(
                service, METHODID_CREATE_PRODUCT)))
        .addMethod(
          getGetProductMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.vitrine.v1.GetProductRequest,
              io.vitrine.v1.Product>(
                service, METHODID_GET_PRODUCT)))
        .addMethod(
          getBatchGetProductsMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.vitrine.v1.BatchGetProductsRequest,
              io.vitrine.v1.BatchGetProductsResponse>(
                service, METHODID_BATCH_GET_PRODUCTS)))
        .addMethod(
          getListProductsMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.vitrine.v1.ListProductsRequest,
              io.vitrine.v1.ListProductsResponse>(
                service, METHODID_LIST_PRODUCTS)))
        .addMethod(
          getUpdateProductMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.vitrine.v1.UpdateProductRequest,
              io.vitrine.v1.Product>(
                service, METHODID_UPDATE_PRODUCT)))
        .addMethod(
          getDeleteProductMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.vitrine.v1.DeleteProductRequest,
              com.google.protobuf.Empty>(
                service, METHODID_DELETE_PRODUCT)))
        .addMethod(
          getImportProductsMethod(),
          io.grpc.stub.ServerCalls.asyncBidiStreamingCall(
            new MethodHandlers<
              io.vitrine.v1.ImportProductsRequest,
              io.vitrine.v1.ImportProductsResponse>(
                service, METHODID_IMPORT_PRODUCTS)))
        .build();
  }

  private static abstract class CatalogServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoFileDescriptorSupplier, io.grpc.protobuf.ProtoServiceDescriptorSupplier {
    CatalogServiceBaseDescriptorSupplier() {}

    @java.lang.Override
    public com.google.protobuf.Descriptors.FileDescriptor getFileDescriptor() {
      return io.vitrine.v1.CatalogServiceProto.getDescriptor();
    }

    @java.lang.Override
    public com.google.protobuf.Descriptors.ServiceDescriptor getServiceDescriptor() {
      return getFileDescriptor().findServiceByName("CatalogService");
    }
  }

  private static final class CatalogServiceFileDescriptorSupplier
      extends CatalogServiceBaseDescriptorSupplier {
    CatalogServiceFileDescriptorSupplier() {}
  }

  private static final class CatalogServiceMethodDescriptorSupplier
      extends CatalogServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoMethodDescriptorSupplier {
    private final java.lang.String methodName;

    CatalogServiceMethodDescriptorSupplier(java.lang.String methodName) {
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
      synchronized (CatalogServiceGrpc.class) {
        result = serviceDescriptor;
        if (result == null) {
          serviceDescriptor = result = io.grpc.ServiceDescriptor.newBuilder(SERVICE_NAME)
              .setSchemaDescriptor(new CatalogServiceFileDescriptorSupplier())
              .addMethod(getCreateProductMethod())
              .addMethod(getGetProductMethod())
              .addMethod(getBatchGetProductsMethod())
              .addMethod(getListProductsMethod())
              .addMethod(getUpdateProductMethod())
              .addMethod(getDeleteProductMethod())
              .addMethod(getImportProductsMethod())
              .build();
        }
      }
    }
    return result;
  }
}
