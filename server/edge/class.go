package edge

import "strings"

// class is what a call is worth when there is not enough for all: decisions before
// tracking, that before reads and changes, those before what is long. The order of
// the constants is that order.
type class int

const (
	decisions class = iota // somebody waits for a page
	tracking               // a page or a server waits, and sends it again
	streams                // of events: they are held up, not refused
	admin                  // reads, and changes to how the shop is set up
	bulk                   // imports, exports and listings: minutes matter to nobody
	classes
	// unbounded calls tell how the server is, and cost nothing.
	unbounded class = -1
)

func (c class) String() string {
	return [classes]string{"decisions", "tracking", "streams", "admin", "bulk"}[c]
}

// classOf sorts a method in, by its full name.
func classOf(fullMethod string) class {
	service, method, _ := strings.Cut(strings.TrimPrefix(fullMethod, "/"), "/")
	if !strings.HasPrefix(service, "vitrine.v1.") || method == "GetStatus" {
		return unbounded // health, reflection
	}
	switch method {
	case "Decide":
		return decisions
	case "TrackEvent", "TrackEvents", "SetConsent":
		return tracking
	case "StreamEvents":
		return streams
	case "EraseVisitor", "PreviewSegment", "Backup", "Compact":
		return bulk
	}
	for _, prefix := range []string{"Import", "Export", "List"} {
		if strings.HasPrefix(method, prefix) {
			return bulk
		}
	}
	return admin
}
