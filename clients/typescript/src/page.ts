import { create, type MessageInitShape } from "@bufbuild/protobuf";
import type { VitrineError } from "./errors.js";
import {
  type DecidedItem,
  type DecideRequest,
  DecideRequestSchema,
  type DecideResponse,
  DecideResponseSchema,
  ReasonKind,
} from "./gen/vitrine/v1/decision_service_pb.js";

/** A `DecideRequest`, or an object with those of its fields that matter. */
export type DecideRequestInit = MessageInitShape<typeof DecideRequestSchema>;

/** The caller's own lists: product ids by placement id. */
export type Fallbacks = Readonly<Record<string, readonly string[]>>;

/** One thing to show. */
export interface Item {
  /** The shop's id of the product; empty for a creative. */
  productId: string;
  /** A sentence fit for the visitor: why this, of all. Empty for a fallback. */
  reason: string;
  /** Belongs into the events that follow from showing it. */
  attributionToken: string;
  /** The item with all its reasons, score and propensity, or a creative. */
  decided: DecidedItem;
}

/** What to show. It is usable whatever happened. */
export class Page {
  /** Has one entry for each placement asked for. */
  readonly response: DecideResponse;
  /** Why Vitrine gave no answer; absent if it did. */
  readonly error?: VitrineError;

  /** @internal */
  constructor(response: DecideResponse, error?: VitrineError) {
    this.response = response;
    if (error) this.error = error;
  }

  /** Whether Vitrine gave no answer, and the page is made of the caller's own lists. */
  get fallback(): boolean {
    return this.error !== undefined;
  }

  /** What to show in a placement, by its id: nothing if it was not asked for or could not be filled. */
  items(placement: string): Item[] {
    const result = this.response.placements.find((p) => idOf(p.placement) === idOf(placement));
    return (result?.items ?? []).map((decided) => ({
      productId: decided.item.case === "product" ? decided.item.value.productId : "",
      reason: decided.reasons[0]?.text ?? "",
      attributionToken: decided.attributionToken,
      decided,
    }));
  }

  /** The ids of those items that are products. */
  products(placement: string): string[] {
    return this.items(placement)
      .map((item) => item.productId)
      .filter((id) => id !== "");
  }
}

/** The page that the caller's lists make: by the request's own rules, or as they are if it can't be read. */
export function fallbackPage(
  request: DecideRequest | undefined,
  fallbacks: Fallbacks,
  error: VitrineError,
): Page {
  try {
    if (request) return new Page(fallbackResponse(request, fallbacks), error);
  } catch {
    // What is wrong with the request is the page's error already.
  }
  const placements = Object.keys(fallbacks).map((placement) => ({ placement }));
  return new Page(fallbackResponse(create(DecideRequestSchema, { placements }), fallbacks), error);
}

function fallbackResponse(request: DecideRequest, fallbacks: Fallbacks): DecideResponse {
  const shown = new Set(["", request.context?.productId ?? ""]);
  return create(DecideResponseSchema, {
    placements: request.placements.map((wanted) => {
      const placement = idOf(wanted.placement);
      const excluded = new Set(wanted.excludeIds);
      const products: string[] = [];
      for (const product of fallbacks[placement] ?? []) {
        if (wanted.count > 0 && products.length === wanted.count) break;
        if (shown.has(product) || excluded.has(product)) continue;
        shown.add(product);
        products.push(product);
      }
      return {
        placement,
        items: products.map((productId) => ({
          item: { case: "product" as const, value: { productId } },
          propensity: 1,
          reasons: [{ kind: ReasonKind.FALLBACK, share: 1 }],
        })),
      };
    }),
  });
}

/** `home` of `home` and of `sites/demo/placements/home`. */
export function idOf(placement: string): string {
  return placement.slice(placement.lastIndexOf("/") + 1);
}
