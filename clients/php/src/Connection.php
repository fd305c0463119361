<?php

declare(strict_types=1);

namespace Vitrine;

/**
 * A kept-alive connection to the JSON door.
 *
 * @internal
 */
final class Connection
{
    private readonly \CurlHandle $curl;
    private readonly string $base;

    public function __construct(string $target, private readonly Options $options)
    {
        $this->base = ($options->insecure ? 'http://' : 'https://') . $target;
        $this->curl = curl_init();
        curl_setopt_array($this->curl, [
            CURLOPT_NOSIGNAL => true,
            CURLOPT_POST => true,
            CURLOPT_RETURNTRANSFER => true,
            CURLOPT_PROTOCOLS => $options->insecure ? CURLPROTO_HTTP : CURLPROTO_HTTPS,
            CURLOPT_TCP_KEEPALIVE => 1,
        ]);
        foreach ([CURLOPT_CAINFO => $options->caFile, CURLOPT_SSLCERT => $options->certFile, CURLOPT_SSLKEY => $options->keyFile] as $option => $file) {
            if ($file !== '') {
                curl_setopt($this->curl, $option, $file);
            }
        }
    }

    /**
     * The answer to a POST, as proto3 JSON has it.
     *
     * @return array<string, mixed>
     * @throws VitrineException
     */
    public function post(string $path, string $body, float $timeout): array
    {
        $ms = max(1, (int) ceil($timeout * 1000));
        $header = ['Content-Type: application/json', "Grpc-Timeout: {$ms}m", 'Expect:'];
        if ($this->options->apiKey !== '') {
            $header[] = 'Authorization: Bearer ' . $this->options->apiKey;
        }
        $retryAfter = 0.0;
        curl_setopt_array($this->curl, [
            CURLOPT_URL => $this->base . $path,
            CURLOPT_POSTFIELDS => $body,
            CURLOPT_HTTPHEADER => $header,
            CURLOPT_TIMEOUT_MS => $ms,
            CURLOPT_CONNECTTIMEOUT_MS => $ms,
            CURLOPT_HEADERFUNCTION => static function (\CurlHandle $_, string $line) use (&$retryAfter): int {
                if (preg_match('~^retry-after:\s*(\d+)~i', $line, $m)) {
                    $retryAfter = (float) $m[1];
                }

                return strlen($line);
            },
        ]);
        $text = curl_exec($this->curl);
        if ($text === false) {
            throw new VitrineException(
                curl_error($this->curl),
                curl_errno($this->curl) === CURLE_OPERATION_TIMEDOUT ? Code::DeadlineExceeded : Code::Unavailable,
            );
        }
        $status = curl_getinfo($this->curl, CURLINFO_RESPONSE_CODE);
        $answer = json_decode((string) $text, true);
        if ($status === 200 && is_array($answer)) {
            return $answer;
        }
        throw self::problem($status, is_array($answer) ? $answer : [], $retryAfter);
    }

    /** @param array<string, mixed> $problem as RFC 9457 has it, with Vitrine's members */
    private static function problem(int $status, array $problem, float $retryAfter): VitrineException
    {
        $code = Code::tryFrom(is_string($problem['code'] ?? null) ? $problem['code'] : '') ?? Code::ofStatus($status);
        if (preg_match('~^(\d+(?:\.\d+)?)s$~', (string) ($problem['retryDelay'] ?? ''), $m)) {
            $retryAfter = (float) $m[1]; // Retry-After is in whole seconds
        }

        return new VitrineException(
            sprintf('%s: %s', $code->value, $problem['detail'] ?? "HTTP status $status"),
            $code,
            $problem['violations'] ?? [],
            $retryAfter,
        );
    }
}
