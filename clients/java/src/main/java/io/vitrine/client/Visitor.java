package io.vitrine.client;

import io.vitrine.v1.Consent;
import io.vitrine.v1.Purpose;
import io.vitrine.v1.PurposeConsent;
import io.vitrine.v1.VisitorKey;
import java.util.List;
import java.util.Optional;

/**
 * Who looks at a page, or did something.
 *
 * @param deviceId the device or browser, as the shop knows it: a first-party
 *     cookie, say; empty for a visitor without one
 * @param personId the customer account, when signed in; else empty
 * @param consent what the visitor said to being known; null leaves it to the
 *     policy of the site, which refuses by default
 */
public record Visitor(String deviceId, String personId, Consent consent) {
  /** What {@link #granting} answers for. PROFILE follows PERSONALIZATION. */
  private static final List<Purpose> PURPOSES =
      List.of(
          Purpose.PURPOSE_PERSONALIZATION,
          Purpose.PURPOSE_ADVERTISING,
          Purpose.PURPOSE_MEASUREMENT,
          Purpose.PURPOSE_DIRECT_CONTACT);

  /**
   * Takes null ids for empty ones.
   *
   * @param deviceId the device or browser
   * @param personId the customer account
   * @param consent the consent
   */
  public Visitor {
    deviceId = deviceId == null ? "" : deviceId;
    personId = personId == null ? "" : personId;
  }

  /**
   * A visitor known by a device, whose consent isn't told.
   *
   * @param deviceId the device
   * @return the visitor
   */
  public static Visitor device(String deviceId) {
    return new Visitor(deviceId, "", null);
  }

  /**
   * A visitor without any id.
   *
   * @return the visitor
   */
  public static Visitor unknown() {
    return new Visitor("", "", null);
  }

  /**
   * This visitor, signed in.
   *
   * @param personId the customer account
   * @return the visitor
   */
  public Visitor person(String personId) {
    return new Visitor(deviceId, personId, consent);
  }

  /**
   * This visitor, having allowed these purposes and refused all others; without
   * any, having refused everything.
   *
   * @param purposes what is allowed
   * @return the visitor
   */
  public Visitor granting(Purpose... purposes) {
    List<Purpose> granted = List.of(purposes);
    Consent.Builder answer = Consent.newBuilder();
    for (Purpose p : PURPOSES) {
      answer.addPurposes(PurposeConsent.newBuilder().setPurpose(p).setGranted(granted.contains(p)));
    }
    if (granted.contains(Purpose.PURPOSE_PROFILE)) {
      answer.addPurposes(
          PurposeConsent.newBuilder().setPurpose(Purpose.PURPOSE_PROFILE).setGranted(true));
    }
    return consenting(answer.build());
  }

  /**
   * This visitor with a consent of any form, such as a TCF string.
   *
   * @param consent what the visitor said
   * @return the visitor
   */
  public Visitor consenting(Consent consent) {
    return new Visitor(deviceId, personId, consent);
  }

  /** What the contract calls the visitor; none without an id. */
  Optional<VisitorKey> key() {
    if (deviceId.isEmpty() && personId.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        VisitorKey.newBuilder().setDeviceId(deviceId).setPersonId(personId).build());
  }
}
