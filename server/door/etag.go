package door

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/cespare/xxhash/v2"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// etagField is the message's own etag, or nil.
func etagField(m protoreflect.MessageDescriptor) protoreflect.FieldDescriptor {
	if f := m.Fields().ByName("etag"); f != nil && f.Kind() == protoreflect.StringKind && !f.IsList() {
		return f
	}
	return nil
}

// ownTag is the answer's ETag where the resource has one, else "".
func ownTag(answer protoreflect.Message) string {
	if f := etagField(answer.Descriptor()); f != nil {
		if tag := answer.Get(f).String(); tag != "" {
			return quote(tag)
		}
	}
	return ""
}

// tagOf is the ETag of an answer: its resource's own, or else one of its content.
func tagOf(answer proto.Message) (string, error) {
	if tag := ownTag(answer.ProtoReflect()); tag != "" {
		return tag, nil
	}
	content, err := proto.MarshalOptions{Deterministic: true}.Marshal(answer)
	if err != nil {
		return "", err
	}
	return contentTag(content), nil
}

func contentTag(content []byte) string { return quote(strconv.FormatUint(xxhash.Sum64(content), 36)) }

func quote(tag string) string { return `"` + tag + `"` }

// matches reports whether a list of ETags, as If-None-Match has it, has the tag.
func matches(list []string, tag string) bool {
	for _, line := range list {
		for one := range strings.SplitSeq(line, ",") {
			one = strings.TrimPrefix(strings.TrimSpace(one), "W/") // weak comparison (RFC 9110, 13.1.2)
			if one == tag || one == "*" {
				return true
			}
		}
	}
	return false
}

// onlyIf makes a change depend on If-Match: the server compares the etag in the same
// transaction as it makes the change. It reports whether there is such a condition.
func (rt *route) onlyIf(header http.Header, request proto.Message) (bool, error) {
	list := header.Values("If-Match")
	if len(list) == 0 || len(list) == 1 && strings.TrimSpace(list[0]) == "*" {
		return false, nil // "*": that it exists, which a change wants anyway
	}
	m := request.ProtoReflect()
	if rt.verb == http.MethodPatch && rt.element != nil {
		m = m.Mutable(rt.element).Message()
	}
	f := etagField(m.Descriptor())
	if f == nil || rt.verb != http.MethodPatch && rt.verb != http.MethodDelete {
		return false, newProblem(http.StatusBadRequest, codes.InvalidArgument, "If-Match can't be heeded here: leave it away")
	}
	tag := strings.TrimSpace(list[0])
	inner, opened := strings.CutPrefix(tag, `"`)
	inner, closed := strings.CutSuffix(inner, `"`)
	if len(list) > 1 || !opened || !closed || inner == "" || strings.Contains(inner, `"`) {
		return false, newProblem(http.StatusBadRequest, codes.InvalidArgument, `If-Match must be one strong ETag, in quotes, as an answer had it`)
	}
	if said := m.Get(f).String(); said != "" && said != inner {
		return false, invalid(violation{"etag", "is another than that of If-Match"})
	}
	m.Set(f, protoreflect.ValueOfString(inner))
	return true, nil
}

// failedCondition is the answer to a change whose If-Match did not hold.
func failedCondition(p *problem) *problem {
	if p.Code == "ABORTED" {
		p.Status = http.StatusPreconditionFailed
	}
	return p
}
