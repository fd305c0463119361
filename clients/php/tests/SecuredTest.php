<?php

declare(strict_types=1);

namespace Vitrine\Tests;

use PHPUnit\Framework\TestCase;
use Vitrine\Client;
use Vitrine\Code;
use Vitrine\Options;
use Vitrine\Visitor;

/** Keys and TLS against the real server. */
final class SecuredTest extends TestCase
{
    public function testTheServerKnowsTheClientByItsKeyAndTheClientTheServerByItsCertificate(): void
    {
        $folder = Server::folder();
        self::makeCertificate($folder);
        exec(escapeshellarg(Server::binary()) . " keys create me --role admin --data-dir $folder/data 2>/dev/null", $output);
        self::assertSame(1, preg_match('~vk_\S+~', implode("\n", $output), $key));
        $server = Server::start(['--tls-cert-file', "$folder/cert.pem", '--tls-key-file', "$folder/key.pem"], data: $folder);
        $client = static fn (string $apiKey, string $caFile = ''): Client => new Client(
            $server->door,
            new Options('demo', apiKey: $apiKey, caFile: $caFile, decideTimeoutMs: Server::PATIENCE_MS),
        );
        try {
            $known = $client($key[0], "$folder/cert.pem");
            $known->call('sites?siteId=demo', []);
            self::assertNull($known->decide(new Visitor('d1'), 'home')->error);
            $unknown = $client('', "$folder/cert.pem");
            self::assertSame(Code::Unauthenticated, $unknown->decide(new Visitor('d1'), 'home')->error?->reason);
            $elsewhere = $client($key[0]);
            $error = $elsewhere->decide(new Visitor('d1'), 'home')->error;
            self::assertSame(Code::Unavailable, $error?->reason, 'no authority of the system\'s signed it');
            self::assertStringNotContainsString($key[0], print_r($error, true));
        } finally {
            $server->end();
        }
    }

    /** A certificate that signs itself. */
    private static function makeCertificate(string $folder): void
    {
        file_put_contents("$folder/openssl.cnf", "[req]\ndistinguished_name=dn\n[dn]\n[ext]\nsubjectAltName=IP:127.0.0.1\n");
        $config = ['config' => "$folder/openssl.cnf", 'x509_extensions' => 'ext', 'digest_alg' => 'sha256',
            'private_key_type' => OPENSSL_KEYTYPE_RSA, 'private_key_bits' => 2048];
        $key = openssl_pkey_new($config);
        $request = openssl_csr_new(['commonName' => 'localhost'], $key, $config);
        openssl_x509_export_to_file(openssl_csr_sign($request, null, $key, 2, $config, 1), "$folder/cert.pem");
        openssl_pkey_export_to_file($key, "$folder/key.pem", null, $config);
    }
}
