/**
 * The contract: every message, enum and service of `vitrine.v1`, generated from its
 * `.proto` files. What a method promises stands with it.
 *
 * @module v1
 */
export * from "./gen/vitrine/v1/admin_service_pb.js";
export * from "./gen/vitrine/v1/campaign_service_pb.js";
export * from "./gen/vitrine/v1/catalog_service_pb.js";
export * from "./gen/vitrine/v1/context_pb.js";
export * from "./gen/vitrine/v1/decision_service_pb.js";
export * from "./gen/vitrine/v1/event_pb.js";
export * from "./gen/vitrine/v1/event_service_pb.js";
export * from "./gen/vitrine/v1/placement_service_pb.js";
export * from "./gen/vitrine/v1/product_pb.js";
export * from "./gen/vitrine/v1/ranking_service_pb.js";
export * from "./gen/vitrine/v1/segment_service_pb.js";
export * from "./gen/vitrine/v1/site_service_pb.js";
export * from "./gen/vitrine/v1/visitor_pb.js";
export * from "./gen/vitrine/v1/visitor_service_pb.js";
