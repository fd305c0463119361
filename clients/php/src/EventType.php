<?php

declare(strict_types=1);

namespace Vitrine;

/** What a visitor did. Event.php's functions make the usual ones. */
enum EventType: string
{
    /** Any page that has no type of its own. */
    case PageViewed = 'EVENT_TYPE_PAGE_VIEWED';
    /** The home page. */
    case HomeViewed = 'EVENT_TYPE_HOME_VIEWED';
    /**
     * A category or other list of products; set categories. With items it says
     * that these products came into the visitor's sight, in a list or in a
     * placement: those not turned to sink in placements that rotate.
     */
    case ProductListViewed = 'EVENT_TYPE_PRODUCT_LIST_VIEWED';
    /** A search; set search_query. */
    case ProductsSearched = 'EVENT_TYPE_PRODUCTS_SEARCHED';
    /**
     * A product's page. The bread and butter. With a dwell_time under 3 seconds
     * it is a bounce, which speaks against the product.
     */
    case ProductViewed = 'EVENT_TYPE_PRODUCT_VIEWED';
    /** A product clicked in a list. */
    case ProductClicked = 'EVENT_TYPE_PRODUCT_CLICKED';
    /** Put into the cart. */
    case ProductAdded = 'EVENT_TYPE_PRODUCT_ADDED';
    /** Taken out of the cart. */
    case ProductRemoved = 'EVENT_TYPE_PRODUCT_REMOVED';
    /** The cart looked at. The items, when given, replace the known cart. */
    case CartViewed = 'EVENT_TYPE_CART_VIEWED';
    /** Checkout begun. */
    case CheckoutStarted = 'EVENT_TYPE_CHECKOUT_STARTED';
    /** Payment data entered. */
    case PaymentInfoEntered = 'EVENT_TYPE_PAYMENT_INFO_ENTERED';
    /**
     * An order placed; set items and order. Empties the cart. Credited to the creative
     * whose attribution_token is set, or that the visitor clicked within seven days or
     * saw within one.
     */
    case OrderCompleted = 'EVENT_TYPE_ORDER_COMPLETED';
    /** Goods sent back; set items and order.id. Undoes their purchase. */
    case OrderRefunded = 'EVENT_TYPE_ORDER_REFUNDED';
    /** An order called off; set order.id. Undoes the purchase. */
    case OrderCancelled = 'EVENT_TYPE_ORDER_CANCELLED';
    /** A coupon applied. */
    case CouponApplied = 'EVENT_TYPE_COUPON_APPLIED';
    /** Put on the wish list. */
    case ProductAddedToWishlist = 'EVENT_TYPE_PRODUCT_ADDED_TO_WISHLIST';
    /** Taken off the wish list. */
    case ProductRemovedFromWishlist = 'EVENT_TYPE_PRODUCT_REMOVED_FROM_WISHLIST';
    /** A product shared with others. */
    case ProductShared = 'EVENT_TYPE_PRODUCT_SHARED';
    /** A promotion seen. */
    case PromotionViewed = 'EVENT_TYPE_PROMOTION_VIEWED';
    /** A promotion clicked. */
    case PromotionClicked = 'EVENT_TYPE_PROMOTION_CLICKED';
    /** An e-mail delivered. */
    case EmailDelivered = 'EVENT_TYPE_EMAIL_DELIVERED';
    /** An e-mail opened. */
    case EmailOpened = 'EVENT_TYPE_EMAIL_OPENED';
    /** A link in an e-mail clicked. */
    case EmailLinkClicked = 'EVENT_TYPE_EMAIL_LINK_CLICKED';
    /** E-mails unsubscribed from. */
    case EmailUnsubscribed = 'EVENT_TYPE_EMAIL_UNSUBSCRIBED';
    /** A like, comment or follow on a social network. */
    case SocialInteraction = 'EVENT_TYPE_SOCIAL_INTERACTION';
    /** A creative came into sight; set attribution_token. */
    case CreativeViewed = 'EVENT_TYPE_CREATIVE_VIEWED';
    /** A creative clicked; set attribution_token. */
    case CreativeClicked = 'EVENT_TYPE_CREATIVE_CLICKED';
    /** A creative or product waved away; set attribution_token or items. */
    case Dismissed = 'EVENT_TYPE_DISMISSED';
    /** Anything else; set custom_type. */
    case Custom = 'EVENT_TYPE_CUSTOM';
}
