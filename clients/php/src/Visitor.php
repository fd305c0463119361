<?php

declare(strict_types=1);

namespace Vitrine;

/** Who looks at a page, or did something. */
final readonly class Visitor
{
    /** @var list<array{purpose: string, granted: bool}>|null */
    public ?array $consent;

    /**
     * @param string $deviceId the device or browser as the shop knows it, such as a
     *   first-party cookie; empty for a visitor without one
     * @param string $personId the customer account, when signed in
     * @param list<Purpose>|null $granted what the visitor allowed, all else being refused;
     *   null leaves it to the policy of the site, which refuses by default
     */
    public function __construct(
        public string $deviceId = '',
        public string $personId = '',
        ?array $granted = null,
    ) {
        $this->consent = $granted === null ? null : array_map(
            static fn (Purpose $p): array => ['purpose' => $p->value, 'granted' => in_array($p, $granted, true)],
            in_array(Purpose::Profile, $granted, true)
                ? Purpose::cases()
                : [Purpose::Personalization, Purpose::Advertising, Purpose::Measurement, Purpose::DirectContact],
        );
    }

    /** @return array<string, mixed> fields of a request or an event, as proto3 JSON has them */
    public function fields(): array
    {
        $key = array_filter(['deviceId' => $this->deviceId, 'personId' => $this->personId], static fn (string $id): bool => $id !== '');

        return ($key === [] ? [] : ['visitor' => $key])
            + ($this->consent === null ? [] : ['consent' => ['purposes' => $this->consent]]);
    }
}
