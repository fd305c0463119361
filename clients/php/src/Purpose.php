<?php

declare(strict_types=1);

namespace Vitrine;

/** What a visitor may allow. */
enum Purpose: string
{
    /**
     * Keep what the visitor did and was shown. Without it nothing about them is stored.
     * Where it is not answered for, the answer for Personalization stands.
     */
    case Profile = 'PURPOSE_PROFILE';
    /** Choose products by the profile. */
    case Personalization = 'PURPOSE_PERSONALIZATION';
    /** Choose advertising creatives by the profile. */
    case Advertising = 'PURPOSE_ADVERTISING';
    /** Count per visitor what was shown and what came of it. */
    case Measurement = 'PURPOSE_MEASUREMENT';
    /** Write to the visitor by e-mail and the like. */
    case DirectContact = 'PURPOSE_DIRECT_CONTACT';
}
