<?php

declare(strict_types=1);

namespace Vitrine\Tests;

use PHPUnit\Framework\TestCase;

/** Scripts of their own: the README's, and those that end in their ways. */
final class ScriptTest extends TestCase
{
    private static Server $server;

    public static function setUpBeforeClass(): void
    {
        self::$server = Server::start()->withShop();
    }

    public static function tearDownAfterClass(): void
    {
        self::$server->end();
    }

    /** What a script prints. */
    private static function script(string $code, string ...$flags): string
    {
        $autoload = var_export(realpath(__DIR__ . '/../vendor/autoload.php'), true);
        $process = proc_open(
            [PHP_BINARY, '-d', 'display_errors=stderr', ...$flags],
            [['pipe', 'r'], ['pipe', 'w'], ['file', '/dev/null', 'w']],
            $pipes,
        );
        fwrite($pipes[0], "<?php require $autoload; $code");
        fclose($pipes[0]);
        $printed = (string) stream_get_contents($pipes[1]);
        proc_close($process);

        return $printed;
    }

    public function testTheReadmesExampleShowsAHomePage(): void
    {
        preg_match('~```php\n(.*?)```~s', (string) file_get_contents(__DIR__ . '/../README.md'), $m);
        self::assertStringContainsString("'localhost:7657'", $m[1]);
        self::assertStringContainsString("'trail-runner-42'", $m[1]);
        $code = strtr($m[1], [
            "'localhost:7657'" => var_export(self::$server->door, true),
            'insecure: true' => 'insecure: true, decideTimeoutMs: ' . Server::PATIENCE_MS, // a machine may be slow
            'trail-runner-42' => 'p4',
        ]);
        $printed = self::script("\$cookie = 'readme'; \$bestsellers = ['p1', 'p2']; $code");
        self::assertMatchesRegularExpression('~^(p[1-9] .+\n){2,}$~', $printed);
        self::assertSame(1, $this->storedOf('readme'));
    }

    /** @return iterable<string, array{string}> */
    public static function ends(): iterable
    {
        yield 'its last line' => [''];
        yield 'exit' => ['exit(1);'];
        yield 'an exception' => ['throw new Exception();'];
        yield 'a fatal error' => ['no_such_function();'];
        yield 'closing' => ['$shop->close();'];
    }

    /** @dataProvider ends */
    public function testEventsAreDeliveredHoweverAScriptEnds(string $end): void
    {
        $id = 'ends' . md5($end);
        $printed = self::script(sprintf(
            '$shop = new Vitrine\Client(%s, new Vitrine\Options("demo", insecure: true, shutdownTimeoutMs: %d));
            $visitor = new Vitrine\Visitor("%s", granted: [Vitrine\Purpose::Personalization, Vitrine\Purpose::Measurement]);
            foreach (range(1, 3) as $n) { $shop->track(Vitrine\Event::productViewed($visitor, "p$n")); }
            echo "page ", $shop->stats()->queued; %s',
            var_export(self::$server->door, true),
            Server::PATIENCE_MS,
            $id,
            $end,
        ));
        self::assertStringStartsWith('page 3', $printed, 'nothing was delivered before the page was made');
        self::assertSame(3, $this->storedOf($id));
    }

    public function testProcessesKnowTogetherThatTheServerIsGone(): void
    {
        $code = '$breaker = fn () => new Vitrine\Breaker("somewhere");
            for ($n = 0; $n < 5; $n++) { echo (int) $breaker()->allows(100); $breaker()->failed(100); }
            echo (int) $breaker()->allows(100), (int) $breaker()->allows(100.25), (int) $breaker()->allows(100.25);
            $one = $breaker(); echo (int) $one->allows(100.5); $one->answered(); echo (int) $breaker()->allows(100.5);';
        self::assertSame('1111101011', self::script($code, '-d', 'apc.enable_cli=1'));
        self::assertSame('1111111111', self::script($code, '-d', 'apc.enable_cli=0'), 'each by itself');
    }

    /** How many events the server has of a visitor. */
    private function storedOf(string $device): int
    {
        $lines = file('http://' . self::$server->door . "/v1/sites/demo/visitors/$device:export");

        return count(preg_grep('~^\{"id"~', $lines));
    }
}
