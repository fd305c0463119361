<?php

declare(strict_types=1);

namespace Vitrine\Tests;

use Vitrine\Client;
use Vitrine\Options;

/** A real server with its JSON door, on a data folder of its own. */
final class Server
{
    /** Long enough for a slow machine: what is tested is what comes, not when. */
    public const PATIENCE_MS = 60_000;

    /** @param resource $process */
    private function __construct(private $process, public readonly string $door, private readonly string $data)
    {
    }

    /** @param list<string> $flags */
    public static function start(array $flags = ['--auth', 'none'], string $door = '127.0.0.1:0', ?string $data = null): self
    {
        $data ??= self::folder();
        $log = "$data/log";
        $command = [
            self::binary(), 'serve', '--data-dir', "$data/data", '--listen', '127.0.0.1:0', '--door-listen', $door,
            '--ops-listen', '', '--log-format', 'json', '--limits-max-wait', '1s', ...$flags,
        ];
        $process = proc_open($command, [['file', '/dev/null', 'r'], ['file', '/dev/null', 'w'], ['pipe', 'w']], $pipes);
        for ($said = ''; ($line = fgets($pipes[2])) !== false; $said .= $line) {
            $entry = json_decode($line, true);
            if (($entry['msg'] ?? '') === 'serving') {
                stream_set_blocking($pipes[2], false); // few lines follow: far from a pipe's 64 KiB

                return new self($process, $entry['door'], $data);
            }
        }
        throw new \RuntimeException("the server ended: $said");
    }

    public static function binary(): string
    {
        return (string) realpath(__DIR__ . '/../../../bin/vitrine');
    }

    public static function folder(): string
    {
        $folder = sys_get_temp_dir() . '/vitrine-php-' . bin2hex(random_bytes(8));
        mkdir($folder, 0o700);

        return $folder;
    }

    /** The shop: a site, which has the placement home, and products p1 to p9. */
    public function withShop(): self
    {
        $shop = $this->client();
        $shop->call('sites?siteId=demo', []);
        foreach (range(1, 9) as $n) {
            $shop->call("sites/demo/products?productId=p$n", ['title' => "Product $n", 'categories' => [$n % 2 === 0 ? 'shoes' : 'hats']]);
        }
        $shop->close();

        return $this;
    }

    public function client(mixed ...$options): Client
    {
        return new Client($this->door, new Options(...($options + ['site' => 'demo', 'insecure' => true, 'decideTimeoutMs' => self::PATIENCE_MS])));
    }

    /** Ends it without a word to anybody; its data stays. */
    public function kill(): void
    {
        proc_terminate($this->process, 9);
        proc_close($this->process);
    }

    /** Another one on the same data, behind the same door. */
    public function again(): self
    {
        return self::start(door: $this->door, data: $this->data);
    }

    /** Ends it, and throws its data away. */
    public function end(): void
    {
        if (is_resource($this->process)) {
            $this->kill();
        }
        self::remove($this->data);
    }

    public static function remove(string $folder): void
    {
        $files = new \RecursiveIteratorIterator(
            new \RecursiveDirectoryIterator($folder, \FilesystemIterator::SKIP_DOTS),
            \RecursiveIteratorIterator::CHILD_FIRST,
        );
        foreach ($files as $file) {
            $file->isDir() ? rmdir($file->getPathname()) : unlink($file->getPathname());
        }
        rmdir($folder);
    }
}
