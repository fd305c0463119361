<?php

declare(strict_types=1);

namespace Vitrine;

/** What to show. It is usable whatever happened. */
final readonly class Page
{
    /**
     * @param array<string, mixed> $response a DecideResponse as proto3 JSON has it
     * @param bool $fallback Vitrine gave no answer, and the page was made of the caller's own lists
     * @param VitrineException|null $error why it fell back
     */
    public function __construct(public array $response, public bool $fallback = false, public ?VitrineException $error = null)
    {
    }

    /**
     * What to show in a placement, by its id: nothing if it was not asked for or could not
     * be filled.
     *
     * @return list<Item>
     */
    public function items(string $placement): array
    {
        foreach ($this->response['placements'] ?? [] as $result) {
            if (basename($result['placement'] ?? '') === $placement) {
                return array_map(static fn (array $decided): Item => new Item(
                    $decided['product']['productId'] ?? '',
                    $decided['reasons'][0]['text'] ?? '',
                    $decided['attributionToken'] ?? '',
                    $decided,
                ), $result['items'] ?? []);
            }
        }

        return [];
    }

    /** @return list<string> the ids of items() that are products */
    public function products(string $placement): array
    {
        $ids = array_map(static fn (Item $item): string => $item->productId, $this->items($placement));

        return array_values(array_filter($ids, static fn (string $id): bool => $id !== ''));
    }

    /**
     * A page of the caller's own lists, by the rules of the request.
     *
     * @param array<string, mixed> $request
     * @param array<string, list<string>> $lists by placement id
     */
    public static function ofFallback(array $request, array $lists, VitrineException $why): self
    {
        $shown = ['' => true, ($request['context']['productId'] ?? '') => true];
        $placements = [];
        foreach ($request['placements'] ?? [] as $wanted) {
            $id = basename($wanted['placement'] ?? '');
            $count = (int) ($wanted['count'] ?? 0);
            $excluded = array_fill_keys($wanted['excludeIds'] ?? [], true);
            $items = [];
            foreach ($lists[$id] ?? [] as $product) {
                if ($count > 0 && count($items) === $count) {
                    break;
                }
                if (isset($shown[$product]) || isset($excluded[$product])) {
                    continue;
                }
                $shown[$product] = true;
                $items[] = [
                    'product' => ['productId' => (string) $product], 'propensity' => 1,
                    'reasons' => [['kind' => 'REASON_KIND_FALLBACK', 'share' => 1]],
                ];
            }
            $placements[] = ['placement' => $id, 'items' => $items];
        }

        return new self(['placements' => $placements], true, $why);
    }
}
