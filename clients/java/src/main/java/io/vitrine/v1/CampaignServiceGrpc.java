package io.vitrine.v1;

import static io.grpc.MethodDescriptor.generateFullMethodName;

/**
 * <pre>
 * CampaignService keeps what advertisers and the shop's own marketers want shown:
 * campaigns, each with its creatives. A change holds for the very next decision.
 * Placements with CreativeRules show creatives. Which one a visitor sees is decided
 * in four steps: those that may be shown at all (format, size, flight, day part,
 * place, targeting, blocking, dismissed by the visitor); of these, those of the
 * highest tier; of these one by chance, the better its expected value the likelier,
 * so that each is tried as long as it may be the best; and the probability of that
 * choice is told and recorded.
 * </pre>
 */
@io.grpc.stub.annotations.GrpcGenerated
public final class CampaignServiceGrpc {

  private CampaignServiceGrpc() {}

  public static final java.lang.String SERVICE_NAME = "vitrine.v1.CampaignService";

  // Static method descriptors that strictly reflect the proto.
  private static volatile io.grpc.MethodDescriptor<io.vitrine.v1.CreateCampaignRequest,
      io.vitrine.v1.Campaign> getCreateCampaignMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "CreateCampaign",
      requestType = io.vitrine.v1.CreateCampaignRequest.class,
      responseType = io.vitrine.v1.Campaign.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.vitrine.v1.CreateCampaignRequest,
      io.vitrine.v1.Campaign> getCreateCampaignMethod() {
    io.grpc.MethodDescriptor<io.vitrine.v1.CreateCampaignRequest, io.vitrine.v1.Campaign> getCreateCampaignMethod;
    if ((getCreateCampaignMethod = CampaignServiceGrpc.getCreateCampaignMethod) == null) {
      synchronized (CampaignServiceGrpc.class) {
        if ((getCreateCampaignMethod = CampaignServiceGrpc.getCreateCampaignMethod) == null) {
          CampaignServiceGrpc.getCreateCampaignMethod = getCreateCampaignMethod =
              io.grpc.MethodDescriptor.<io.vitrine.v1.CreateCampaignRequest, io.vitrine.v1.Campaign>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "CreateCampaign"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.vitrine.v1.CreateCampaignRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.vitrine.v1.Campaign.getDefaultInstance()))
              .setSchemaDescriptor(new CampaignServiceMethodDescriptorSupplier("CreateCampaign"))
              .build();
        }
      }
    }
    return getCreateCampaignMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.vitrine.v1.GetCampaignRequest,
      io.vitrine.v1.Campaign> getGetCampaignMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "GetCampaign",
      requestType = io.vitrine.v1.GetCampaignRequest.class,
      responseType = io.vitrine.v1.Campaign.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.vitrine.v1.GetCampaignRequest,
      io.vitrine.v1.Campaign> getGetCampaignMethod() {
    io.grpc.MethodDescriptor<io.vitrine.v1.GetCampaignRequest, io.vitrine.v1.Campaign> getGetCampaignMethod;
    if ((getGetCampaignMethod = CampaignServiceGrpc.getGetCampaignMethod) == null) {
      synchronized (CampaignServiceGrpc.class) {
        if ((getGetCampaignMethod = CampaignServiceGrpc.getGetCampaignMethod) == null) {
          CampaignServiceGrpc.getGetCampaignMethod = getGetCampaignMethod =
              io.grpc.MethodDescriptor.<io.vitrine.v1.GetCampaignRequest, io.vitrine.v1.Campaign>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "GetCampaign"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.vitrine.v1.GetCampaignRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.vitrine.v1.Campaign.getDefaultInstance()))
              .setSchemaDescriptor(new CampaignServiceMethodDescriptorSupplier("GetCampaign"))
              .build();
        }
      }
    }
    return getGetCampaignMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.vitrine.v1.ListCampaignsRequest,
      io.vitrine.v1.ListCampaignsResponse> getListCampaignsMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ListCampaigns",
      requestType = io.vitrine.v1.ListCampaignsRequest.class,
      responseType = io.vitrine.v1.ListCampaignsResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.vitrine.v1.ListCampaignsRequest,
      io.vitrine.v1.ListCampaignsResponse> getListCampaignsMethod() {
    io.grpc.MethodDescriptor<io.vitrine.v1.ListCampaignsRequest, io.vitrine.v1.ListCampaignsResponse> getListCampaignsMethod;
    if ((getListCampaignsMethod = CampaignServiceGrpc.getListCampaignsMethod) == null) {
      synchronized (CampaignServiceGrpc.class) {
        if ((getListCampaignsMethod = CampaignServiceGrpc.getListCampaignsMethod) == null) {
          CampaignServiceGrpc.getListCampaignsMethod = getListCampaignsMethod =
              io.grpc.MethodDescriptor.<io.vitrine.v1.ListCampaignsRequest, io.vitrine.v1.ListCampaignsResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ListCampaigns"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.vitrine.v1.ListCampaignsRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.vitrine.v1.ListCampaignsResponse.getDefaultInstance()))
              .setSchemaDescriptor(new CampaignServiceMethodDescriptorSupplier("ListCampaigns"))
              .build();
        }
      }
    }
    return getListCampaignsMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.vitrine.v1.UpdateCampaignRequest,
      io.vitrine.v1.Campaign> getUpdateCampaignMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "UpdateCampaign",
      requestType = io.vitrine.v1.UpdateCampaignRequest.class,
      responseType = io.vitrine.v1.Campaign.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.vitrine.v1.UpdateCampaignRequest,
      io.vitrine.v1.Campaign> getUpdateCampaignMethod() {
    io.grpc.MethodDescriptor<io.vitrine.v1.UpdateCampaignRequest, io.vitrine.v1.Campaign> getUpdateCampaignMethod;
    if ((getUpdateCampaignMethod = CampaignServiceGrpc.getUpdateCampaignMethod) == null) {
      synchronized (CampaignServiceGrpc.class) {
        if ((getUpdateCampaignMethod = CampaignServiceGrpc.getUpdateCampaignMethod) == null) {
          CampaignServiceGrpc.getUpdateCampaignMethod = getUpdateCampaignMethod =
              io.grpc.MethodDescriptor.<io.vitrine.v1.UpdateCampaignRequest, io.vitrine.v1.Campaign>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "UpdateCampaign"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.vitrine.v1.UpdateCampaignRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.vitrine.v1.Campaign.getDefaultInstance()))
              .setSchemaDescriptor(new CampaignServiceMethodDescriptorSupplier("UpdateCampaign"))
              .build();
        }
      }
    }
    return getUpdateCampaignMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.vitrine.v1.DeleteCampaignRequest,
      com.google.protobuf.Empty> getDeleteCampaignMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "DeleteCampaign",
      requestType = io.vitrine.v1.DeleteCampaignRequest.class,
      responseType = com.google.protobuf.Empty.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.vitrine.v1.DeleteCampaignRequest,
      com.google.protobuf.Empty> getDeleteCampaignMethod() {
    io.grpc.MethodDescriptor<io.vitrine.v1.DeleteCampaignRequest, com.google.protobuf.Empty> getDeleteCampaignMethod;
    if ((getDeleteCampaignMethod = CampaignServiceGrpc.getDeleteCampaignMethod) == null) {
      synchronized (CampaignServiceGrpc.class) {
        if ((getDeleteCampaignMethod = CampaignServiceGrpc.getDeleteCampaignMethod) == null) {
          CampaignServiceGrpc.getDeleteCampaignMethod = getDeleteCampaignMethod =
              io.grpc.MethodDescriptor.<io.vitrine.v1.DeleteCampaignRequest, com.google.protobuf.Empty>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "DeleteCampaign"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.vitrine.v1.DeleteCampaignRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  com.google.protobuf.Empty.getDefaultInstance()))
              .setSchemaDescriptor(new CampaignServiceMethodDescriptorSupplier("DeleteCampaign"))
              .build();
        }
      }
    }
    return getDeleteCampaignMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.vitrine.v1.CreateCreativeRequest,
      io.vitrine.v1.Creative> getCreateCreativeMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "CreateCreative",
      requestType = io.vitrine.v1.CreateCreativeRequest.class,
      responseType = io.vitrine.v1.Creative.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.vitrine.v1.CreateCreativeRequest,
      io.vitrine.v1.Creative> getCreateCreativeMethod() {
    io.grpc.MethodDescriptor<io.vitrine.v1.CreateCreativeRequest, io.vitrine.v1.Creative> getCreateCreativeMethod;
    if ((getCreateCreativeMethod = CampaignServiceGrpc.getCreateCreativeMethod) == null) {
      synchronized (CampaignServiceGrpc.class) {
        if ((getCreateCreativeMethod = CampaignServiceGrpc.getCreateCreativeMethod) == null) {
          CampaignServiceGrpc.getCreateCreativeMethod = getCreateCreativeMethod =
              io.grpc.MethodDescriptor.<io.vitrine.v1.CreateCreativeRequest, io.vitrine.v1.Creative>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "CreateCreative"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.vitrine.v1.CreateCreativeRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.vitrine.v1.Creative.getDefaultInstance()))
              .setSchemaDescriptor(new CampaignServiceMethodDescriptorSupplier("CreateCreative"))
              .build();
        }
      }
    }
    return getCreateCreativeMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.vitrine.v1.GetCreativeRequest,
      io.vitrine.v1.Creative> getGetCreativeMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "GetCreative",
      requestType = io.vitrine.v1.GetCreativeRequest.class,
      responseType = io.vitrine.v1.Creative.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.vitrine.v1.GetCreativeRequest,
      io.vitrine.v1.Creative> getGetCreativeMethod() {
    io.grpc.MethodDescriptor<io.vitrine.v1.GetCreativeRequest, io.vitrine.v1.Creative> getGetCreativeMethod;
    if ((getGetCreativeMethod = CampaignServiceGrpc.getGetCreativeMethod) == null) {
      synchronized (CampaignServiceGrpc.class) {
        if ((getGetCreativeMethod = CampaignServiceGrpc.getGetCreativeMethod) == null) {
          CampaignServiceGrpc.getGetCreativeMethod = getGetCreativeMethod =
              io.grpc.MethodDescriptor.<io.vitrine.v1.GetCreativeRequest, io.vitrine.v1.Creative>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "GetCreative"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.vitrine.v1.GetCreativeRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.vitrine.v1.Creative.getDefaultInstance()))
              .setSchemaDescriptor(new CampaignServiceMethodDescriptorSupplier("GetCreative"))
              .build();
        }
      }
    }
    return getGetCreativeMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.vitrine.v1.ListCreativesRequest,
      io.vitrine.v1.ListCreativesResponse> getListCreativesMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ListCreatives",
      requestType = io.vitrine.v1.ListCreativesRequest.class,
      responseType = io.vitrine.v1.ListCreativesResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.vitrine.v1.ListCreativesRequest,
      io.vitrine.v1.ListCreativesResponse> getListCreativesMethod() {
    io.grpc.MethodDescriptor<io.vitrine.v1.ListCreativesRequest, io.vitrine.v1.ListCreativesResponse> getListCreativesMethod;
    if ((getListCreativesMethod = CampaignServiceGrpc.getListCreativesMethod) == null) {
      synchronized (CampaignServiceGrpc.class) {
        if ((getListCreativesMethod = CampaignServiceGrpc.getListCreativesMethod) == null) {
          CampaignServiceGrpc.getListCreativesMethod = getListCreativesMethod =
              io.grpc.MethodDescriptor.<io.vitrine.v1.ListCreativesRequest, io.vitrine.v1.ListCreativesResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ListCreatives"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.vitrine.v1.ListCreativesRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.vitrine.v1.ListCreativesResponse.getDefaultInstance()))
              .setSchemaDescriptor(new CampaignServiceMethodDescriptorSupplier("ListCreatives"))
              .build();
        }
      }
    }
    return getListCreativesMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.vitrine.v1.UpdateCreativeRequest,
      io.vitrine.v1.Creative> getUpdateCreativeMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "UpdateCreative",
      requestType = io.vitrine.v1.UpdateCreativeRequest.class,
      responseType = io.vitrine.v1.Creative.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.vitrine.v1.UpdateCreativeRequest,
      io.vitrine.v1.Creative> getUpdateCreativeMethod() {
    io.grpc.MethodDescriptor<io.vitrine.v1.UpdateCreativeRequest, io.vitrine.v1.Creative> getUpdateCreativeMethod;
    if ((getUpdateCreativeMethod = CampaignServiceGrpc.getUpdateCreativeMethod) == null) {
      synchronized (CampaignServiceGrpc.class) {
        if ((getUpdateCreativeMethod = CampaignServiceGrpc.getUpdateCreativeMethod) == null) {
          CampaignServiceGrpc.getUpdateCreativeMethod = getUpdateCreativeMethod =
              io.grpc.MethodDescriptor.<io.vitrine.v1.UpdateCreativeRequest, io.vitrine.v1.Creative>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "UpdateCreative"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.vitrine.v1.UpdateCreativeRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.vitrine.v1.Creative.getDefaultInstance()))
              .setSchemaDescriptor(new CampaignServiceMethodDescriptorSupplier("UpdateCreative"))
              .build();
        }
      }
    }
    return getUpdateCreativeMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.vitrine.v1.DeleteCreativeRequest,
      com.google.protobuf.Empty> getDeleteCreativeMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "DeleteCreative",
      requestType = io.vitrine.v1.DeleteCreativeRequest.class,
      responseType = com.google.protobuf.Empty.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.vitrine.v1.DeleteCreativeRequest,
      com.google.protobuf.Empty> getDeleteCreativeMethod() {
    io.grpc.MethodDescriptor<io.vitrine.v1.DeleteCreativeRequest, com.google.protobuf.Empty> getDeleteCreativeMethod;
    if ((getDeleteCreativeMethod = CampaignServiceGrpc.getDeleteCreativeMethod) == null) {
      synchronized (CampaignServiceGrpc.class) {
        if ((getDeleteCreativeMethod = CampaignServiceGrpc.getDeleteCreativeMethod) == null) {
          CampaignServiceGrpc.getDeleteCreativeMethod = getDeleteCreativeMethod =
              io.grpc.MethodDescriptor.<io.vitrine.v1.DeleteCreativeRequest, com.google.protobuf.Empty>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "DeleteCreative"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.vitrine.v1.DeleteCreativeRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  com.google.protobuf.Empty.getDefaultInstance()))
              .setSchemaDescriptor(new CampaignServiceMethodDescriptorSupplier("DeleteCreative"))
              .build();
        }
      }
    }
    return getDeleteCreativeMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.vitrine.v1.ImportCampaignsRequest,
      io.vitrine.v1.ImportCampaignsResponse> getImportCampaignsMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ImportCampaigns",
      requestType = io.vitrine.v1.ImportCampaignsRequest.class,
      responseType = io.vitrine.v1.ImportCampaignsResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.BIDI_STREAMING)
  public static io.grpc.MethodDescriptor<io.vitrine.v1.ImportCampaignsRequest,
      io.vitrine.v1.ImportCampaignsResponse> getImportCampaignsMethod() {
    io.grpc.MethodDescriptor<io.vitrine.v1.ImportCampaignsRequest, io.vitrine.v1.ImportCampaignsResponse> getImportCampaignsMethod;
    if ((getImportCampaignsMethod = CampaignServiceGrpc.getImportCampaignsMethod) == null) {
      synchronized (CampaignServiceGrpc.class) {
        if ((getImportCampaignsMethod = CampaignServiceGrpc.getImportCampaignsMethod) == null) {
          CampaignServiceGrpc.getImportCampaignsMethod = getImportCampaignsMethod =
              io.grpc.MethodDescriptor.<io.vitrine.v1.ImportCampaignsRequest, io.vitrine.v1.ImportCampaignsResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.BIDI_STREAMING)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ImportCampaigns"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.vitrine.v1.ImportCampaignsRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.vitrine.v1.ImportCampaignsResponse.getDefaultInstance()))
              .setSchemaDescriptor(new CampaignServiceMethodDescriptorSupplier("ImportCampaigns"))
              .build();
        }
      }
    }
    return getImportCampaignsMethod;
  }

  /**
   * Creates a new async stub that supports all call types for the service
   */
  public static CampaignServiceStub newStub(io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<CampaignServiceStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<CampaignServiceStub>() {
        @java.lang.Override
        public CampaignServiceStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new CampaignServiceStub(channel, callOptions);
        }
      };
    return CampaignServiceStub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports all types of calls on the service
   */
  public static CampaignServiceBlockingV2Stub newBlockingV2Stub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<CampaignServiceBlockingV2Stub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<CampaignServiceBlockingV2Stub>() {
        @java.lang.Override
        public CampaignServiceBlockingV2Stub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new CampaignServiceBlockingV2Stub(channel, callOptions);
        }
      };
    return CampaignServiceBlockingV2Stub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports unary and streaming output calls on the service
   */
  public static CampaignServiceBlockingStub newBlockingStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<CampaignServiceBlockingStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<CampaignServiceBlockingStub>() {
        @java.lang.Override
        public CampaignServiceBlockingStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new CampaignServiceBlockingStub(channel, callOptions);
        }
      };
    return CampaignServiceBlockingStub.newStub(factory, channel);
  }

  /**
   * Creates a new ListenableFuture-style stub that supports unary calls on the service
   */
  public static CampaignServiceFutureStub newFutureStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<CampaignServiceFutureStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<CampaignServiceFutureStub>() {
        @java.lang.Override
        public CampaignServiceFutureStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new CampaignServiceFutureStub(channel, callOptions);
        }
      };
    return CampaignServiceFutureStub.newStub(factory, channel);
  }

  /**
   * <pre>
   * CampaignService keeps what advertisers and the shop's own marketers want shown:
   * campaigns, each with its creatives. A change holds for the very next decision.
   * Placements with CreativeRules show creatives. Which one a visitor sees is decided
   * in four steps: those that may be shown at all (format, size, flight, day part,
   * place, targeting, blocking, dismissed by the visitor); of these, those of the
   * highest tier; of these one by chance, the better its expected value the likelier,
   * so that each is tried as long as it may be the best; and the probability of that
   * choice is told and recorded.
   * </pre>
   */
  public interface AsyncService {

    /**
     * <pre>
     * CreateCampaign adds a campaign. ALREADY_EXISTS if the id is taken.
     * </pre>
     */
    default void createCampaign(io.vitrine.v1.CreateCampaignRequest request,
        io.grpc.stub.StreamObserver<io.vitrine.v1.Campaign> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getCreateCampaignMethod(), responseObserver);
    }

    /**
     * <pre>
     * GetCampaign returns one campaign, or NOT_FOUND.
     * </pre>
     */
    default void getCampaign(io.vitrine.v1.GetCampaignRequest request,
        io.grpc.stub.StreamObserver<io.vitrine.v1.Campaign> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getGetCampaignMethod(), responseObserver);
    }

    /**
     * <pre>
     * ListCampaigns returns the campaigns in the order of their ids.
     * </pre>
     */
    default void listCampaigns(io.vitrine.v1.ListCampaignsRequest request,
        io.grpc.stub.StreamObserver<io.vitrine.v1.ListCampaignsResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getListCampaignsMethod(), responseObserver);
    }

    /**
     * <pre>
     * UpdateCampaign changes the fields in update_mask. ABORTED if the etag is stale.
     * </pre>
     */
    default void updateCampaign(io.vitrine.v1.UpdateCampaignRequest request,
        io.grpc.stub.StreamObserver<io.vitrine.v1.Campaign> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getUpdateCampaignMethod(), responseObserver);
    }

    /**
     * <pre>
     * DeleteCampaign removes a campaign and its creatives.
     * </pre>
     */
    default void deleteCampaign(io.vitrine.v1.DeleteCampaignRequest request,
        io.grpc.stub.StreamObserver<com.google.protobuf.Empty> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getDeleteCampaignMethod(), responseObserver);
    }

    /**
     * <pre>
     * CreateCreative adds a creative to a campaign. ALREADY_EXISTS if the id is taken.
     * </pre>
     */
    default void createCreative(io.vitrine.v1.CreateCreativeRequest request,
        io.grpc.stub.StreamObserver<io.vitrine.v1.Creative> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getCreateCreativeMethod(), responseObserver);
    }

    /**
     * <pre>
     * GetCreative returns one creative, or NOT_FOUND.
     * </pre>
     */
    default void getCreative(io.vitrine.v1.GetCreativeRequest request,
        io.grpc.stub.StreamObserver<io.vitrine.v1.Creative> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getGetCreativeMethod(), responseObserver);
    }

    /**
     * <pre>
     * ListCreatives returns a campaign's creatives in the order of their ids.
     * </pre>
     */
    default void listCreatives(io.vitrine.v1.ListCreativesRequest request,
        io.grpc.stub.StreamObserver<io.vitrine.v1.ListCreativesResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getListCreativesMethod(), responseObserver);
    }

    /**
     * <pre>
     * UpdateCreative changes the fields in update_mask. ABORTED if the etag is stale.
     * </pre>
     */
    default void updateCreative(io.vitrine.v1.UpdateCreativeRequest request,
        io.grpc.stub.StreamObserver<io.vitrine.v1.Creative> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getUpdateCreativeMethod(), responseObserver);
    }

    /**
     * <pre>
     * DeleteCreative removes a creative.
     * </pre>
     */
    default void deleteCreative(io.vitrine.v1.DeleteCreativeRequest request,
        io.grpc.stub.StreamObserver<com.google.protobuf.Empty> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getDeleteCreativeMethod(), responseObserver);
    }

    /**
     * <pre>
     * ImportCampaigns loads many campaigns and creatives and reports progress after
     * each message. A bad one is reported with its number and reason and left out; the
     * rest is stored. All of a message is durable, and the next decision goes by it,
     * when its progress message arrives. Over HTTP the body has a message a line.
     * </pre>
     */
    default io.grpc.stub.StreamObserver<io.vitrine.v1.ImportCampaignsRequest> importCampaigns(
        io.grpc.stub.StreamObserver<io.vitrine.v1.ImportCampaignsResponse> responseObserver) {
      return io.grpc.stub.ServerCalls.asyncUnimplementedStreamingCall(getImportCampaignsMethod(), responseObserver);
    }
  }

  /**
   * Base class for the server implementation of the service CampaignService.
   * <pre>
   * CampaignService keeps what advertisers and the shop's own marketers want shown:
   * campaigns, each with its creatives. A change holds for the very next decision.
   * Placements with CreativeRules show creatives. Which one a visitor sees is decided
   * in four steps: those that may be shown at all (format, size, flight, day part,
   * place, targeting, blocking, dismissed by the visitor); of these, those of the
   * highest tier; of these one by chance, the better its expected value the likelier,
   * so that each is tried as long as it may be the best; and the probability of that
   * choice is told and recorded.
   * </pre>
   */
  public static abstract class CampaignServiceImplBase
      implements io.grpc.BindableService, AsyncService {

    @java.lang.Override public final io.grpc.ServerServiceDefinition bindService() {
      return CampaignServiceGrpc.bindService(this);
    }
  }

  /**
   * A stub to allow clients to do asynchronous rpc calls to service CampaignService.
   * <pre>
   * CampaignService keeps what advertisers and the shop's own marketers want shown:
   * campaigns, each with its creatives. A change holds for the very next decision.
   * Placements with CreativeRules show creatives. Which one a visitor sees is decided
   * in four steps: those that may be shown at all (format, size, flight, day part,
   * place, targeting, blocking, dismissed by the visitor); of these, those of the
   * highest tier; of these one by chance, the better its expected value the likelier,
   * so that each is tried as long as it may be the best; and the probability of that
   * choice is told and recorded.
   * </pre>
   */
  public static final class CampaignServiceStub
      extends io.grpc.stub.AbstractAsyncStub<CampaignServiceStub> {
    private CampaignServiceStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected CampaignServiceStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new CampaignServiceStub(channel, callOptions);
    }

    /**
     * <pre>
     * CreateCampaign adds a campaign. ALREADY_EXISTS if the id is taken.
     * </pre>
     */
    public void createCampaign(io.vitrine.v1.CreateCampaignRequest request,
        io.grpc.stub.StreamObserver<io.vitrine.v1.Campaign> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getCreateCampaignMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * GetCampaign returns one campaign, or NOT_FOUND.
     * </pre>
     */
    public void getCampaign(io.vitrine.v1.GetCampaignRequest request,
        io.grpc.stub.StreamObserver<io.vitrine.v1.Campaign> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getGetCampaignMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * ListCampaigns returns the campaigns in the order of their ids.
     * </pre>
     */
    public void listCampaigns(io.vitrine.v1.ListCampaignsRequest request,
        io.grpc.stub.StreamObserver<io.vitrine.v1.ListCampaignsResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getListCampaignsMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * UpdateCampaign changes the fields in update_mask. ABORTED if the etag is stale.
     * </pre>
     */
    public void updateCampaign(io.vitrine.v1.UpdateCampaignRequest request,
        io.grpc.stub.StreamObserver<io.vitrine.v1.Campaign> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getUpdateCampaignMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * DeleteCampaign removes a campaign and its creatives.
     * </pre>
     */
    public void deleteCampaign(io.vitrine.v1.DeleteCampaignRequest request,
        io.grpc.stub.StreamObserver<com.google.protobuf.Empty> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getDeleteCampaignMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * CreateCreative adds a creative to a campaign. ALREADY_EXISTS if the id is taken.
     * </pre>
     */
    public void createCreative(io.vitrine.v1.CreateCreativeRequest request,
        io.grpc.stub.StreamObserver<io.vitrine.v1.Creative> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getCreateCreativeMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * GetCreative returns one creative, or NOT_FOUND.
     * </pre>
     */
    public void getCreative(io.vitrine.v1.GetCreativeRequest request,
        io.grpc.stub.StreamObserver<io.vitrine.v1.Creative> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getGetCreativeMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * ListCreatives returns a campaign's creatives in the order of their ids.
     * </pre>
     */
    public void listCreatives(io.vitrine.v1.ListCreativesRequest request,
        io.grpc.stub.StreamObserver<io.vitrine.v1.ListCreativesResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getListCreativesMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * UpdateCreative changes the fields in update_mask. ABORTED if the etag is stale.
     * </pre>
     */
    public void updateCreative(io.vitrine.v1.UpdateCreativeRequest request,
        io.grpc.stub.StreamObserver<io.vitrine.v1.Creative> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getUpdateCreativeMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * DeleteCreative removes a creative.
     * </pre>
     */
    public void deleteCreative(io.vitrine.v1.DeleteCreativeRequest request,
        io.grpc.stub.StreamObserver<com.google.protobuf.Empty> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getDeleteCreativeMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * ImportCampaigns loads many campaigns and creatives and reports progress after
     * each message. A bad one is reported with its number and reason and left out; the
     * rest is stored. All of a message is durable, and the next decision goes by it,
     * when its progress message arrives. Over HTTP the body has a message a line.
     * </pre>
     */
    public io.grpc.stub.StreamObserver<io.vitrine.v1.ImportCampaignsRequest> importCampaigns(
        io.grpc.stub.StreamObserver<io.vitrine.v1.ImportCampaignsResponse> responseObserver) {
      return io.grpc.stub.ClientCalls.asyncBidiStreamingCall(
          getChannel().newCall(getImportCampaignsMethod(), getCallOptions()), responseObserver);
    }
  }

  /**
   * A stub to allow clients to do synchronous rpc calls to service CampaignService.
   * <pre>
   * CampaignService keeps what advertisers and the shop's own marketers want shown:
   * campaigns, each with its creatives. A change holds for the very next decision.
   * Placements with CreativeRules show creatives. Which one a visitor sees is decided
   * in four steps: those that may be shown at all (format, size, flight, day part,
   * place, targeting, blocking, dismissed by the visitor); of these, those of the
   * highest tier; of these one by chance, the better its expected value the likelier,
   * so that each is tried as long as it may be the best; and the probability of that
   * choice is told and recorded.
   * </pre>
   */
  public static final class CampaignServiceBlockingV2Stub
      extends io.grpc.stub.AbstractBlockingStub<CampaignServiceBlockingV2Stub> {
    private CampaignServiceBlockingV2Stub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected CampaignServiceBlockingV2Stub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new CampaignServiceBlockingV2Stub(channel, callOptions);
    }

    /**
     * <pre>
     * CreateCampaign adds a campaign. ALREADY_EXISTS if the id is taken.
     * </pre>
     */
    public io.vitrine.v1.Campaign createCampaign(io.vitrine.v1.CreateCampaignRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getCreateCampaignMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * GetCampaign returns one campaign, or NOT_FOUND.
     * </pre>
     */
    public io.vitrine.v1.Campaign getCampaign(io.vitrine.v1.GetCampaignRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getGetCampaignMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * ListCampaigns returns the campaigns in the order of their ids.
     * </pre>
     */
    public io.vitrine.v1.ListCampaignsResponse listCampaigns(io.vitrine.v1.ListCampaignsRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getListCampaignsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * UpdateCampaign changes the fields in update_mask. ABORTED if the etag is stale.
     * </pre>
     */
    public io.vitrine.v1.Campaign updateCampaign(io.vitrine.v1.UpdateCampaignRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getUpdateCampaignMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * DeleteCampaign removes a campaign and its creatives.
     * </pre>
     */
    public com.google.protobuf.Empty deleteCampaign(io.vitrine.v1.DeleteCampaignRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getDeleteCampaignMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * CreateCreative adds a creative to a campaign. ALREADY_EXISTS if the id is taken.
     * </pre>
     */
    public io.vitrine.v1.Creative createCreative(io.vitrine.v1.CreateCreativeRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getCreateCreativeMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * GetCreative returns one creative, or NOT_FOUND.
     * </pre>
     */
    public io.vitrine.v1.Creative getCreative(io.vitrine.v1.GetCreativeRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getGetCreativeMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * ListCreatives returns a campaign's creatives in the order of their ids.
     * </pre>
     */
    public io.vitrine.v1.ListCreativesResponse listCreatives(io.vitrine.v1.ListCreativesRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getListCreativesMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * UpdateCreative changes the fields in update_mask. ABORTED if the etag is stale.
     * </pre>
     */
    public io.vitrine.v1.Creative updateCreative(io.vitrine.v1.UpdateCreativeRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getUpdateCreativeMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * DeleteCreative removes a creative.
     * </pre>
     */
    public com.google.protobuf.Empty deleteCreative(io.vitrine.v1.DeleteCreativeRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getDeleteCreativeMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * ImportCampaigns loads many campaigns and creatives and reports progress after
     * each message. A bad one is reported with its number and reason and left out; the
     * rest is stored. All of a message is durable, and the next decision goes by it,
     * when its progress message arrives. Over HTTP the body has a message a line.
     * </pre>
     */
    @io.grpc.ExperimentalApi("https://github.com/grpc/grpc-java/issues/10918")
    public io.grpc.stub.BlockingClientCall<io.vitrine.v1.ImportCampaignsRequest, io.vitrine.v1.ImportCampaignsResponse>
        importCampaigns() {
      return io.grpc.stub.ClientCalls.blockingBidiStreamingCall(
          getChannel(), getImportCampaignsMethod(), getCallOptions());
    }
  }

  /**
   * A stub to allow clients to do limited synchronous rpc calls to service CampaignService.
   * <pre>
   * CampaignService keeps what advertisers and the shop's own marketers want shown:
   * campaigns, each with its creatives. A change holds for the very next decision.
   * Placements with CreativeRules show creatives. Which one a visitor sees is decided
   * in four steps: those that may be shown at all (format, size, flight, day part,
   * place, targeting, blocking, dismissed by the visitor); of these, those of the
   * highest tier; of these one by chance, the better its expected value the likelier,
   * so that each is tried as long as it may be the best; and the probability of that
   * choice is told and recorded.
   * </pre>
   */
  public static final class CampaignServiceBlockingStub
      extends io.grpc.stub.AbstractBlockingStub<CampaignServiceBlockingStub> {
    private CampaignServiceBlockingStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected CampaignServiceBlockingStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new CampaignServiceBlockingStub(channel, callOptions);
    }

    /**
     * <pre>
     * CreateCampaign adds a campaign. ALREADY_EXISTS if the id is taken.
     * </pre>
     */
    public io.vitrine.v1.Campaign createCampaign(io.vitrine.v1.CreateCampaignRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getCreateCampaignMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * GetCampaign returns one campaign, or NOT_FOUND.
     * </pre>
     */
    public io.vitrine.v1.Campaign getCampaign(io.vitrine.v1.GetCampaignRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getGetCampaignMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * ListCampaigns returns the campaigns in the order of their ids.
     * </pre>
     */
    public io.vitrine.v1.ListCampaignsResponse listCampaigns(io.vitrine.v1.ListCampaignsRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getListCampaignsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * UpdateCampaign changes the fields in update_mask. ABORTED if the etag is stale.
     * </pre>
     */
    public io.vitrine.v1.Campaign updateCampaign(io.vitrine.v1.UpdateCampaignRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getUpdateCampaignMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * DeleteCampaign removes a campaign and its creatives.
     * </pre>
     */
    public com.google.protobuf.Empty deleteCampaign(io.vitrine.v1.DeleteCampaignRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getDeleteCampaignMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * CreateCreative adds a creative to a campaign. ALREADY_EXISTS if the id is taken.
     * </pre>
     */
    public io.vitrine.v1.Creative createCreative(io.vitrine.v1.CreateCreativeRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getCreateCreativeMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * GetCreative returns one creative, or NOT_FOUND.
     * </pre>
     */
    public io.vitrine.v1.Creative getCreative(io.vitrine.v1.GetCreativeRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getGetCreativeMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * ListCreatives returns a campaign's creatives in the order of their ids.
     * </pre>
     */
    public io.vitrine.v1.ListCreativesResponse listCreatives(io.vitrine.v1.ListCreativesRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getListCreativesMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * UpdateCreative changes the fields in update_mask. ABORTED if the etag is stale.
     * </pre>
     */
    public io.vitrine.v1.Creative updateCreative(io.vitrine.v1.UpdateCreativeRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getUpdateCreativeMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * DeleteCreative removes a creative.
     * </pre>
     */
    public com.google.protobuf.Empty deleteCreative(io.vitrine.v1.DeleteCreativeRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getDeleteCreativeMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do ListenableFuture-style rpc calls to service CampaignService.
   * <pre>
   * CampaignService keeps what advertisers and the shop's own marketers want shown:
   * campaigns, each with its creatives. A change holds for the very next decision.
   * Placements with CreativeRules show creatives. Which one a visitor sees is decided
   * in four steps: those that may be shown at all (format, size, flight, day part,
   * place, targeting, blocking, dismissed by the visitor); of these, those of the
   * highest tier; of these one by chance, the better its expected value the likelier,
   * so that each is tried as long as it may be the best; and the probability of that
   * choice is told and recorded.
   * </pre>
   */
  public static final class CampaignServiceFutureStub
      extends io.grpc.stub.AbstractFutureStub<CampaignServiceFutureStub> {
    private CampaignServiceFutureStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected CampaignServiceFutureStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new CampaignServiceFutureStub(channel, callOptions);
    }

    /**
     * <pre>
     * CreateCampaign adds a campaign. ALREADY_EXISTS if the id is taken.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.vitrine.v1.Campaign> createCampaign(
        io.vitrine.v1.CreateCampaignRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getCreateCampaignMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * GetCampaign returns one campaign, or NOT_FOUND.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.vitrine.v1.Campaign> getCampaign(
        io.vitrine.v1.GetCampaignRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getGetCampaignMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * ListCampaigns returns the campaigns in the order of their ids.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.vitrine.v1.ListCampaignsResponse> listCampaigns(
        io.vitrine.v1.ListCampaignsRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getListCampaignsMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * UpdateCampaign changes the fields in update_mask. ABORTED if the etag is stale.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.vitrine.v1.Campaign> updateCampaign(
        io.vitrine.v1.UpdateCampaignRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getUpdateCampaignMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * DeleteCampaign removes a campaign and its creatives.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<com.google.protobuf.Empty> deleteCampaign(
        io.vitrine.v1.DeleteCampaignRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getDeleteCampaignMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * CreateCreative adds a creative to a campaign. ALREADY_EXISTS if the id is taken.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.vitrine.v1.Creative> createCreative(
        io.vitrine.v1.CreateCreativeRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getCreateCreativeMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * GetCreative returns one creative, or NOT_FOUND.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.vitrine.v1.Creative> getCreative(
        io.vitrine.v1.GetCreativeRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getGetCreativeMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * ListCreatives returns a campaign's creatives in the order of their ids.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.vitrine.v1.ListCreativesResponse> listCreatives(
        io.vitrine.v1.ListCreativesRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getListCreativesMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * UpdateCreative changes the fields in update_mask. ABORTED if the etag is stale.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.vitrine.v1.Creative> updateCreative(
        io.vitrine.v1.UpdateCreativeRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getUpdateCreativeMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * DeleteCreative removes a creative.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<com.google.protobuf.Empty> deleteCreative(
        io.vitrine.v1.DeleteCreativeRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getDeleteCreativeMethod(), getCallOptions()), request);
    }
  }

  private static final int METHODID_CREATE_CAMPAIGN = 0;
  private static final int METHODID_GET_CAMPAIGN = 1;
  private static final int METHODID_LIST_CAMPAIGNS = 2;
  private static final int METHODID_UPDATE_CAMPAIGN = 3;
  private static final int METHODID_DELETE_CAMPAIGN = 4;
  private static final int METHODID_CREATE_CREATIVE = 5;
  private static final int METHODID_GET_CREATIVE = 6;
  private static final int METHODID_LIST_CREATIVES = 7;
  private static final int METHODID_UPDATE_CREATIVE = 8;
  private static final int METHODID_DELETE_CREATIVE = 9;
  private static final int METHODID_IMPORT_CAMPAIGNS = 10;

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
        case METHODID_CREATE_CAMPAIGN:
          serviceImpl.createCampaign((io.vitrine.v1.CreateCampaignRequest) request,
              (io.grpc.stub.StreamObserver<io.vitrine.v1.Campaign>) responseObserver);
          break;
        case METHODID_GET_CAMPAIGN:
          serviceImpl.getCampaign((io.vitrine.v1.GetCampaignRequest) request,
              (io.grpc.stub.StreamObserver<io.vitrine.v1.Campaign>) responseObserver);
          break;
        case METHODID_LIST_CAMPAIGNS:
          serviceImpl.listCampaigns((io.vitrine.v1.ListCampaignsRequest) request,
              (io.grpc.stub.StreamObserver<io.vitrine.v1.ListCampaignsResponse>) responseObserver);
          break;
        case METHODID_UPDATE_CAMPAIGN:
          serviceImpl.updateCampaign((io.vitrine.v1.UpdateCampaignRequest) request,
              (io.grpc.stub.StreamObserver<io.vitrine.v1.Campaign>) responseObserver);
          break;
        case METHODID_DELETE_CAMPAIGN:
          serviceImpl.deleteCampaign((io.vitrine.v1.DeleteCampaignRequest) request,
              (io.grpc.stub.StreamObserver<com.google.protobuf.Empty>) responseObserver);
          break;
        case METHODID_CREATE_CREATIVE:
          serviceImpl.createCreative((io.vitrine.v1.CreateCreativeRequest) request,
              (io.grpc.stub.StreamObserver<io.vitrine.v1.Creative>) responseObserver);
          break;
        case METHODID_GET_CREATIVE:
          serviceImpl.getCreative((io.vitrine.v1.GetCreativeRequest) request,
              (io.grpc.stub.StreamObserver<io.vitrine.v1.Creative>) responseObserver);
          break;
        case METHODID_LIST_CREATIVES:
          serviceImpl.listCreatives((io.vitrine.v1.ListCreativesRequest) request,
              (io.grpc.stub.StreamObserver<io.vitrine.v1.ListCreativesResponse>) responseObserver);
          break;
        case METHODID_UPDATE_CREATIVE:
          serviceImpl.updateCreative((io.vitrine.v1.UpdateCreativeRequest) request,
              (io.grpc.stub.StreamObserver<io.vitrine.v1.Creative>) responseObserver);
          break;
        case METHODID_DELETE_CREATIVE:
          serviceImpl.deleteCreative((io.vitrine.v1.DeleteCreativeRequest) request,
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
        case METHODID_IMPORT_CAMPAIGNS:
          return (io.grpc.stub.StreamObserver<Req>) serviceImpl.importCampaigns(
              (io.grpc.stub.StreamObserver<io.vitrine.v1.ImportCampaignsResponse>) responseObserver);
        default:
          throw new AssertionError();
      }
    }
  }

  public static final io.grpc.ServerServiceDefinition bindService(AsyncService service) {
    return io.grpc.ServerServiceDefinition.builder(getServiceDescriptor())
        .addMethod(
          getCreateCampaignMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.vitrine.v1.CreateCampaignRequest,
              io.vitrine.v1.Campaign>(
                service, METHODID_CREATE_CAMPAIGN)))
        .addMethod(
          getGetCampaignMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.vitrine.v1.GetCampaignRequest,
              io.vitrine.v1.Campaign>(
                service, METHODID_GET_CAMPAIGN)))
        .addMethod(
          getListCampaignsMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.vitrine.v1.ListCampaignsRequest,
              io.vitrine.v1.ListCampaignsResponse>(
                service, METHODID_LIST_CAMPAIGNS)))
        .addMethod(
          getUpdateCampaignMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.vitrine.v1.UpdateCampaignRequest,
              io.vitrine.v1.Campaign>(
                service, METHODID_UPDATE_CAMPAIGN)))
        .addMethod(
          getDeleteCampaignMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.vitrine.v1.DeleteCampaignRequest,
              com.google.protobuf.Empty>(
                service, METHODID_DELETE_CAMPAIGN)))
        .addMethod(
          getCreateCreativeMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.vitrine.v1.CreateCreativeRequest,
              io.vitrine.v1.Creative>(
                service, METHODID_CREATE_CREATIVE)))
        .addMethod(
          getGetCreativeMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.vitrine.v1.GetCreativeRequest,
              io.vitrine.v1.Creative>(
                service, METHODID_GET_CREATIVE)))
        .addMethod(
          getListCreativesMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.vitrine.v1.ListCreativesRequest,
              io.vitrine.v1.ListCreativesResponse>(
                service, METHODID_LIST_CREATIVES)))
        .addMethod(
          getUpdateCreativeMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.vitrine.v1.UpdateCreativeRequest,
              io.vitrine.v1.Creative>(
                service, METHODID_UPDATE_CREATIVE)))
        .addMethod(
          getDeleteCreativeMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.vitrine.v1.DeleteCreativeRequest,
              com.google.protobuf.Empty>(
                service, METHODID_DELETE_CREATIVE)))
        .addMethod(
          getImportCampaignsMethod(),
          io.grpc.stub.ServerCalls.asyncBidiStreamingCall(
            new MethodHandlers<
              io.vitrine.v1.ImportCampaignsRequest,
              io.vitrine.v1.ImportCampaignsResponse>(
                service, METHODID_IMPORT_CAMPAIGNS)))
        .build();
  }

  private static abstract class CampaignServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoFileDescriptorSupplier, io.grpc.protobuf.ProtoServiceDescriptorSupplier {
    CampaignServiceBaseDescriptorSupplier() {}

    @java.lang.Override
    public com.google.protobuf.Descriptors.FileDescriptor getFileDescriptor() {
      return io.vitrine.v1.CampaignServiceProto.getDescriptor();
    }

    @java.lang.Override
    public com.google.protobuf.Descriptors.ServiceDescriptor getServiceDescriptor() {
      return getFileDescriptor().findServiceByName("CampaignService");
    }
  }

  private static final class CampaignServiceFileDescriptorSupplier
      extends CampaignServiceBaseDescriptorSupplier {
    CampaignServiceFileDescriptorSupplier() {}
  }

  private static final class CampaignServiceMethodDescriptorSupplier
      extends CampaignServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoMethodDescriptorSupplier {
    private final java.lang.String methodName;

    CampaignServiceMethodDescriptorSupplier(java.lang.String methodName) {
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
      synchronized (CampaignServiceGrpc.class) {
        result = serviceDescriptor;
        if (result == null) {
          serviceDescriptor = result = io.grpc.ServiceDescriptor.newBuilder(SERVICE_NAME)
              .setSchemaDescriptor(new CampaignServiceFileDescriptorSupplier())
              .addMethod(getCreateCampaignMethod())
              .addMethod(getGetCampaignMethod())
              .addMethod(getListCampaignsMethod())
              .addMethod(getUpdateCampaignMethod())
              .addMethod(getDeleteCampaignMethod())
              .addMethod(getCreateCreativeMethod())
              .addMethod(getGetCreativeMethod())
              .addMethod(getListCreativesMethod())
              .addMethod(getUpdateCreativeMethod())
              .addMethod(getDeleteCreativeMethod())
              .addMethod(getImportCampaignsMethod())
              .build();
        }
      }
    }
    return result;
  }
}
