package server

import (
	"fmt"
	"sort"
	"strings"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/fieldmaskpb"
)

// fixed are fields that no update changes.
var fixed = map[protoreflect.Name]bool{"name": true, "etag": true, "update_time": true, "create_time": true, "built_in": true}

// applyMask copies the masked fields of source into target: all but the fixed
// ones when the mask is empty (AIP-134). Paths name whole fields of the
// resource.
func applyMask(v *violations, mask *fieldmaskpb.FieldMask, target, source proto.Message) {
	from, to := source.ProtoReflect(), target.ProtoReflect()
	fields := from.Descriptor().Fields()
	paths := mask.GetPaths()
	if len(paths) == 0 || len(paths) == 1 && paths[0] == "*" {
		paths = changeable(fields)
	}
	for i, path := range paths {
		field := fields.ByName(protoreflect.Name(path))
		if field == nil || fixed[field.Name()] {
			v.add(fmt.Sprintf("update_mask.paths[%d]", i), "is %q, must be one of %s", clip(path), strings.Join(changeable(fields), ", "))
			continue
		}
		if from.Has(field) {
			to.Set(field, from.Get(field))
		} else {
			to.Clear(field)
		}
	}
}

// changeable lists the fields that an update may name.
func changeable(fields protoreflect.FieldDescriptors) []string {
	var names []string
	for i := range fields.Len() {
		if name := fields.Get(i).Name(); !fixed[name] {
			names = append(names, string(name))
		}
	}
	sort.Strings(names)
	return names
}
