package door

import (
	"net/http"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
)

// answer writes the answer of a call that is no stream.
func (d *Door) answer(w http.ResponseWriter, r *http.Request, rt *route, answer proto.Message) {
	text, err := protojson.Marshal(answer)
	h := w.Header()
	if err == nil && rt.verb == http.MethodGet {
		var tag string
		if tag, err = tagOf(answer); err == nil {
			h.Set("ETag", tag)
			h.Set("Cache-Control", "private, no-cache") // to be asked for again each time, by If-None-Match
			if matches(r.Header.Values("If-None-Match"), tag) {
				w.WriteHeader(http.StatusNotModified)
				return
			}
		}
	}
	if err != nil { // can't be: it has come from the server
		newProblem(http.StatusInternalServerError, codes.Internal, "the answer can't be written as JSON").write(w)
		return
	}
	if rt.verb != http.MethodGet {
		h.Set("Cache-Control", "no-store")
		if tag := ownTag(answer.ProtoReflect()); tag != "" {
			h.Set("ETag", tag)
		}
	}
	h.Set("Content-Type", typeJSON)
	_, _ = w.Write(append(text, '\n')) // the caller may have gone
}
