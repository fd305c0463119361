package records

import (
	"strings"
	"testing"
)

func TestVisitorsOfCSV(t *testing.T) {
	for _, c := range []struct {
		name, mapping, text string
		want                []string
		bad                 []string
	}{
		{
			name: "columns that bear the fields' names",
			text: "visitor,person,attributes.tier,attributes.since\nphone,alice,gold,2019\n,bob,,\n,,gold,2020\n",
			want: []string{
				`{"visitor": {"deviceId": "phone", "personId": "alice"}, "attributes": {"tier": "gold", "since": "2019"}}`,
				`{"visitor": {"personId": "bob"}}`,
			},
			bad: []string{"stdin:4: visitor: is empty, and so is the person"},
		}, {
			name:    "a CRM's table, mapped",
			mapping: "visitors: {person: \"{Customer}\", attributes: {tier: {value: \"{Card}\", table: {G: gold}, otherwise: basic}}, skip: [{name: staff, when: {column: Customer, prefix: X}}]}",
			text:    "Customer;Card\n7;G\nX1;G\n8;\n",
			want: []string{
				`{"visitor": {"personId": "7"}, "attributes": {"tier": "gold"}}`,
				`{"visitor": {"personId": "8"}, "attributes": {"tier": "basic"}}`,
			},
		}, {
			name: "orders of the store, mapped",
			mapping: `events: {type: order_completed, person: "{Who}", time: "{When}", id: "till-{No}", group_by: "{No}", channel: store,
  item: {product: "{Code}"}, order: {id: "{No}"}}`,
			text: "No,Who,When,Code\n1,7,2026-03-01 10:00,A\n1,7,2026-03-01 10:00,B\n",
			want: []string{
				`{"visitor": {"personId": "7"}, "events": [{"id": "till-1", "type": "EVENT_TYPE_ORDER_COMPLETED", "time": "2026-03-01T10:00:00Z",
				  "channel": "CHANNEL_STORE", "order": {"id": "1"}, "items": [{"productId": "A"}, {"productId": "B"}]}]}`,
			},
		}, {
			name: "orders of the call centre, by the fields' names",
			text: "id,type,person,time,product,order,channel\nc1,order_completed,7,2026-03-01T10:00:00Z,A,o1,call_center\n",
			want: []string{
				`{"visitor": {"personId": "7"}, "events": [{"id": "c1", "type": "EVENT_TYPE_ORDER_COMPLETED", "time": "2026-03-01T10:00:00Z",
				  "channel": "CHANNEL_CALL_CENTER", "order": {"id": "o1"}, "items": [{"productId": "A"}]}]}`,
			},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			var m *Mapping
			if c.mapping != "" {
				m = mapping(t, c.mapping)
			}
			r, err := OpenVisitors(input(t, c.text), m)
			got, bad := readAll(t, r, err)
			if len(got) != len(c.want) || len(bad) != len(c.bad) {
				t.Fatalf("got %v, bad %q", got, bad)
			}
			for k := range got {
				same(t, got[k].Message, c.want[k])
			}
			for k := range bad {
				if !strings.HasPrefix(bad[k], c.bad[k]) {
					t.Errorf("got %q, want %q", bad[k], c.bad[k])
				}
			}
		})
	}
	t.Run("another column", func(t *testing.T) {
		if _, err := OpenVisitors(input(t, "person,email\n7,a@b\n"), nil); err == nil || !strings.Contains(err.Error(), "attributes.NAME") {
			t.Errorf("got %v", err)
		}
	})
	t.Run("an events mapping of persons is not for events", func(t *testing.T) {
		_, err := OpenEvents(input(t, "a\n1\n"), mapping(t, `events: {type: home_viewed, person: "{a}", time: "{a}"}`))
		if err == nil || !strings.Contains(err.Error(), "import visitors") {
			t.Errorf("got %v", err)
		}
	})
}

func TestVisitorsOfJSONLines(t *testing.T) {
	r, err := OpenVisitors(input(t, `{"visitor":"phone","person":"alice","attributes":{"tier":"gold","age":44},"consent":{"purposes":[{"purpose":"PURPOSE_PROFILE","granted":true}]}}
{"visitor":{"deviceId":"d","personId":"p"}}
{"person":"bob","events":[{"id":"s1","type":"order_completed","time":"2026-03-01T10:00:00Z","product":"A","channel":"CHANNEL_STORE","order":"o1"}]}
{"type":"order_completed","id":"s2","person":"bob","visitor":"phone","time":"2026-03-02T10:00:00Z","product":"B","order":"o2"}
{"attributes":{"tier":"gold"}}
{"person":"bob","attributes":{"tier":["gold"]}}
{"person":"bob","likes":"tents"}
{"type":"order_completed","person":"bob"}
`), nil)
	got, bad := readAll(t, r, err)
	want := []string{
		`{"visitor": {"deviceId": "phone", "personId": "alice"}, "attributes": {"tier": "gold", "age": "44"}, "consent": {"purposes": [{"purpose": "PURPOSE_PROFILE", "granted": true}]}}`,
		`{"visitor": {"deviceId": "d", "personId": "p"}}`,
		`{"visitor": {"personId": "bob"}, "events": [{"id": "s1", "type": "EVENT_TYPE_ORDER_COMPLETED", "time": "2026-03-01T10:00:00Z", "channel": "CHANNEL_STORE", "items": [{"productId": "A"}], "order": {"id": "o1"}}]}`,
		`{"visitor": {"personId": "bob"}, "events": [{"id": "s2", "type": "EVENT_TYPE_ORDER_COMPLETED", "time": "2026-03-02T10:00:00Z", "items": [{"productId": "B"}], "order": {"id": "o2"}}]}`,
	}
	if len(got) != len(want) || len(bad) != 4 {
		t.Fatalf("got %v, bad %q", got, bad)
	}
	for k := range got {
		same(t, got[k].Message, want[k])
	}
	for k, reason := range []string{"stdin:5: visitor: is missing", "stdin:6: attributes.tier:", `stdin:7: unknown field "likes"`, "stdin:8: time: is missing"} {
		if !strings.HasPrefix(bad[k], reason) {
			t.Errorf("got %q, want %q", bad[k], reason)
		}
	}
}
