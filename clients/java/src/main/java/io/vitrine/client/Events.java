package io.vitrine.client;

import io.vitrine.v1.Event;
import io.vitrine.v1.EventItem;
import io.vitrine.v1.EventType;
import io.vitrine.v1.Money;
import io.vitrine.v1.Order;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;

/**
 * Makes the usual events. Id and time are assigned by {@link Vitrine#track} and
 * {@link Vitrine#trackNow} when left empty; every other field can be set on what
 * {@link Event#toBuilder} gives.
 */
public final class Events {
  private Events() {}

  /**
   * An event of any type.
   *
   * @param visitor who did it
   * @param type what happened
   * @param items the products it was about
   * @return the event
   */
  public static Event of(Visitor visitor, EventType type, EventItem... items) {
    Event.Builder event = Event.newBuilder().setType(type).addAllItems(List.of(items));
    visitor.key().ifPresent(event::setVisitor);
    if (visitor.consent() != null) {
      event.setConsent(visitor.consent());
    }
    return event.build();
  }

  /**
   * The home page was looked at.
   *
   * @param visitor who did it
   * @return the event
   */
  public static Event homeViewed(Visitor visitor) {
    return of(visitor, EventType.EVENT_TYPE_HOME_VIEWED);
  }

  /**
   * A list of products was looked at.
   *
   * @param visitor who did it
   * @param categories its category paths, such as {@code shoes/running}
   * @return the event
   */
  public static Event productListViewed(Visitor visitor, String... categories) {
    return of(visitor, EventType.EVENT_TYPE_PRODUCT_LIST_VIEWED).toBuilder()
        .addAllCategories(List.of(categories))
        .build();
  }

  /**
   * Something was searched for.
   *
   * @param visitor who did it
   * @param query the words
   * @return the event
   */
  public static Event productsSearched(Visitor visitor, String query) {
    return of(visitor, EventType.EVENT_TYPE_PRODUCTS_SEARCHED).toBuilder()
        .setSearchQuery(query)
        .build();
  }

  /**
   * A product's page was looked at.
   *
   * @param visitor who did it
   * @param productId the product
   * @return the event
   */
  public static Event productViewed(Visitor visitor, String productId) {
    return of(visitor, EventType.EVENT_TYPE_PRODUCT_VIEWED, line(productId, 1));
  }

  /**
   * An item that Vitrine had chosen, a product or a creative, was clicked. Its attribution token
   * goes along.
   *
   * @param visitor who did it
   * @param item what was clicked
   * @return the event
   */
  public static Event itemClicked(Visitor visitor, Item item) {
    Event event =
        item.productId().isEmpty()
            ? of(visitor, EventType.EVENT_TYPE_CREATIVE_CLICKED)
            : of(visitor, EventType.EVENT_TYPE_PRODUCT_CLICKED, line(item.productId(), 1));
    return event.toBuilder().setAttributionToken(item.attributionToken()).build();
  }

  /**
   * A product was put into the cart.
   *
   * @param visitor who did it
   * @param line what and how many
   * @return the event
   */
  public static Event productAdded(Visitor visitor, EventItem line) {
    return of(visitor, EventType.EVENT_TYPE_PRODUCT_ADDED, line);
  }

  /**
   * A product was taken out of the cart.
   *
   * @param visitor who did it
   * @param line what and how many
   * @return the event
   */
  public static Event productRemoved(Visitor visitor, EventItem line) {
    return of(visitor, EventType.EVENT_TYPE_PRODUCT_REMOVED, line);
  }

  /**
   * The cart was looked at.
   *
   * @param visitor who did it
   * @param lines when given, they replace the cart as Vitrine knows it
   * @return the event
   */
  public static Event cartViewed(Visitor visitor, EventItem... lines) {
    return of(visitor, EventType.EVENT_TYPE_CART_VIEWED, lines);
  }

  /**
   * An order was placed.
   *
   * @param visitor who did it
   * @param orderId the shop's number of it
   * @param revenue what the shop earned, without tax and shipping
   * @param lines what was bought
   * @return the event
   */
  public static Event orderCompleted(
      Visitor visitor, String orderId, Money revenue, EventItem... lines) {
    return order(
        of(visitor, EventType.EVENT_TYPE_ORDER_COMPLETED, lines),
        Order.newBuilder().setId(orderId).setRevenue(revenue));
  }

  /**
   * Goods of an order were sent back.
   *
   * @param visitor who did it
   * @param orderId the shop's number of it
   * @param lines what came back
   * @return the event
   */
  public static Event orderRefunded(Visitor visitor, String orderId, EventItem... lines) {
    return order(
        of(visitor, EventType.EVENT_TYPE_ORDER_REFUNDED, lines), Order.newBuilder().setId(orderId));
  }

  /**
   * An order was called off.
   *
   * @param visitor who did it
   * @param orderId the shop's number of it
   * @return the event
   */
  public static Event orderCancelled(Visitor visitor, String orderId) {
    return order(
        of(visitor, EventType.EVENT_TYPE_ORDER_CANCELLED), Order.newBuilder().setId(orderId));
  }

  private static Event order(Event event, Order.Builder order) {
    return event.toBuilder().setOrder(order).build();
  }

  /**
   * A product of a cart or an order, whose price isn't told.
   *
   * @param productId the product
   * @param quantity how many
   * @return the line
   */
  public static EventItem line(String productId, int quantity) {
    return EventItem.newBuilder().setProductId(productId).setQuantity(quantity).build();
  }

  /**
   * A product of a cart or an order.
   *
   * @param productId the product
   * @param quantity how many
   * @param price the price of one
   * @return the line
   */
  public static EventItem line(String productId, int quantity, Money price) {
    return line(productId, quantity).toBuilder().setPrice(price).build();
  }

  /**
   * An amount of money: {@code money("EUR", "12.50")}.
   *
   * @param currency the currency's three letters (ISO 4217)
   * @param amount the amount, in the currency's unit, with at most nine decimals
   * @return the amount
   * @throws NumberFormatException if it isn't a number
   * @throws ArithmeticException if it has more decimals, or 19 digits before the point
   */
  public static Money money(String currency, String amount) {
    return money(currency, new BigDecimal(amount));
  }

  /**
   * An amount of money.
   *
   * @param currency the currency's three letters (ISO 4217)
   * @param amount the amount, in the currency's unit, with at most nine decimals
   * @return the amount
   * @throws ArithmeticException if it has more decimals, or 19 digits before the point
   */
  public static Money money(String currency, BigDecimal amount) {
    BigDecimal units = amount.setScale(0, RoundingMode.DOWN);
    return Money.newBuilder()
        .setCurrencyCode(currency)
        .setUnits(units.longValueExact())
        .setNanos(amount.subtract(units).movePointRight(9).intValueExact()) // of the units' sign
        .build();
  }
}
