<?php

declare(strict_types=1);

namespace Vitrine;

/** How to reach Vitrine and what to bear. Only the site is needed. */
final readonly class Options
{
    /** The shop's name, `sites/{site}`. */
    public string $site;

    /**
     * @param string $site the shop, by id (`demo`) or name (`sites/demo`)
     * @param string $apiKey sent with every call; create one with `vitrine keys create`
     * @param bool $insecure speaks plain text, the API key included: on one machine or network
     * @param string $caFile PEM file of the authorities to trust, instead of the system's
     * @param string $certFile PEM file of a certificate to show to the server (mTLS)
     * @param string $keyFile PEM file of its key
     * @param int $decideTimeoutMs the longest that a page waits
     * @param int $maxQueuedEvents events that may wait to be delivered
     * @param int $maxQueuedBytes their encoded size
     * @param int $shutdownTimeoutMs how long events are delivered for when the script ends
     * @param (\Closure(Drop): void)|null $onDrop told of every event that will not be delivered
     * @param (\Closure(string $level, string $message): void)|null $log told when delivery
     *   begins to fail and when it works again; nothing about visitors
     */
    public function __construct(
        string $site,
        #[\SensitiveParameter] public string $apiKey = '',
        public bool $insecure = false,
        public string $caFile = '',
        public string $certFile = '',
        public string $keyFile = '',
        public int $decideTimeoutMs = 50,
        public int $maxQueuedEvents = 10_000,
        public int $maxQueuedBytes = 8 << 20,
        public int $shutdownTimeoutMs = 2_000,
        public ?\Closure $onDrop = null,
        public ?\Closure $log = null,
    ) {
        $this->site = str_contains($site, '/') ? $site : "sites/$site";
        if (!preg_match('~^sites/[a-z][a-z0-9-]{0,62}$~', $this->site)) {
            throw new \InvalidArgumentException("vitrine: site \"$site\": an id or sites/{site} is needed");
        }
    }
}
