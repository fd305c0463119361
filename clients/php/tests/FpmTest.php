<?php

declare(strict_types=1);

namespace Vitrine\Tests;

use PHPUnit\Framework\TestCase;

/** Under PHP-FPM, as a shop runs: the visitor has the page before the events leave. */
final class FpmTest extends TestCase
{
    private string $folder;
    /** @var resource */
    private $fpm;

    protected function setUp(): void
    {
        $this->folder = Server::folder();
        file_put_contents("$this->folder/fpm.conf", <<<CONF
            [global]
            error_log = /proc/self/fd/2
            daemonize = no
            [shop]
            listen = $this->folder/socket
            user = root
            group = root
            pm = static
            pm.max_children = 1
            CONF);
        $binary = glob('/usr/sbin/php-fpm*')[0];
        $asRoot = posix_geteuid() === 0 ? ['-R'] : [];
        $null = ['file', '/dev/null', 'w'];
        $this->fpm = proc_open([$binary, '-F', '-O', '-y', "$this->folder/fpm.conf", ...$asRoot], [['file', '/dev/null', 'r'], $null, ['pipe', 'w']], $pipes);
        do {
            $said = fgets($pipes[2]);
            self::assertIsString($said, 'PHP-FPM ended');
        } while (!str_contains($said, 'ready to handle connections'));
    }

    protected function tearDown(): void
    {
        proc_terminate($this->fpm); // killed, it would leave its worker behind
        proc_close($this->fpm);
        Server::remove($this->folder);
    }

    public function testThePageIsThereBeforeTheEventsLeave(): void
    {
        $door = stream_socket_server('tcp://127.0.0.1:0'); // the test answers by hand
        file_put_contents("$this->folder/page.php", sprintf(
            '<?php require %s;
            $shop = new Vitrine\Client(%s, new Vitrine\Options("demo", insecure: true, shutdownTimeoutMs: 60000));
            $shop->track(Vitrine\Event::productViewed(new Vitrine\Visitor("d1"), "p4"));
            echo "the page";',
            var_export(realpath(__DIR__ . '/../vendor/autoload.php'), true),
            var_export(stream_socket_get_name($door, false), true),
        ));
        $page = $this->request("$this->folder/page.php"); // ends with the page's last byte
        self::assertStringEndsWith("\r\n\r\nthe page", $page);

        $call = stream_socket_accept($door, 60);
        stream_set_timeout($call, 60);
        $request = '';
        while (!preg_match('~content-length: (\d+)\r\n(?:.*?\r\n)?\r\n(.*)~is', $request, $m) || strlen($m[2]) < (int) $m[1]) {
            $more = (string) fread($call, 8192);
            self::assertNotSame('', $more, "no whole call within its time: $request");
            $request .= $more;
        }
        self::assertStringStartsWith('POST /v1/sites/demo/events:batch ', $request);
        self::assertSame('p4', json_decode($m[2], true)['events'][0]['items'][0]['productId']);
        $answer = '{"results":[{"status":"EVENT_STATUS_STORED"}]}';
        fwrite($call, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " . strlen($answer) . "\r\n\r\n$answer");
        // Whoever is done with it closes the connection.
        self::assertSame('', (string) fread($call, 1));
        self::assertTrue(feof($call));
    }

    /** What a script answers, by FastCGI. */
    private function request(string $script): string
    {
        $socket = stream_socket_client("unix://$this->folder/socket");
        stream_set_timeout($socket, 60);
        $parameters = '';
        foreach (['SCRIPT_FILENAME' => $script, 'REQUEST_METHOD' => 'GET'] as $name => $value) {
            $parameters .= chr(strlen($name)) . chr(strlen($value)) . $name . $value;
        }
        // Records: version, type (1 begin, 4 parameters, 5 input), request 1, length, padding.
        $record = static fn (int $type, string $content): string => pack('CCnnCC', 1, $type, 1, strlen($content), 0, 0) . $content;
        fwrite($socket, $record(1, pack('nCx5', 1, 0)) . $record(4, $parameters) . $record(4, '') . $record(5, ''));
        for ($printed = ''; ; ) {
            $head = (string) stream_get_contents($socket, 8);
            self::assertSame(8, strlen($head), "no end of the page within its time: $printed");
            ['type' => $type, 'length' => $length, 'padding' => $padding] = unpack('Cversion/Ctype/nid/nlength/Cpadding/x', $head);
            $content = $length + $padding > 0 ? substr((string) stream_get_contents($socket, $length + $padding), 0, $length) : '';
            if ($type === 3) { // the end
                return $printed;
            }
            $printed .= $content;
        }
    }
}
