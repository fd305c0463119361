package main

import (
	"crypto/sha256"
	"fmt"
	"os"
	"strings"
	"time"

	cdx "github.com/CycloneDX/cyclonedx-go"
	"github.com/google/uuid"
)

// writeBill writes the bill of materials of a binary, as CycloneDX 1.6: what the binary
// itself says was compiled in, each with its licence.
func (p *packager) writeBill(name string, b built, all *inventory) error {
	binary, err := os.ReadFile(b.path)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(binary)
	component := func(path, version string, licences ...string) cdx.Component {
		purl := "pkg:golang/" + path + "@" + version
		c := cdx.Component{BOMRef: purl, Type: cdx.ComponentTypeLibrary, Name: path, Version: version, PackageURL: purl}
		if len(licences) > 0 {
			c.Licenses = &cdx.Licenses{}
			for _, id := range licences {
				*c.Licenses = append(*c.Licenses, cdx.LicenseChoice{License: &cdx.License{ID: id}})
			}
		}
		return c
	}
	// The library is named as scanners of vulnerabilities know it.
	goVersion := strings.TrimPrefix(goVersionOf(b.path), "go")
	parts := []cdx.Component{component("std", goVersion, "BSD-3-Clause")}
	for _, m := range all.of[b.target] {
		parts = append(parts, component(m.path, m.version, m.licences...))
	}
	main := component("github.com/vitrine-io/vitrine", "v"+p.stamp.version, "Apache-2.0")
	main.Type = cdx.ComponentTypeApplication
	main.Hashes = &[]cdx.Hash{{Algorithm: cdx.HashAlgoSHA256, Value: fmt.Sprintf("%x", sum)}}
	main.Properties = &[]cdx.Property{{Name: "vitrine:platform", Value: b.system + "/" + b.arch}, {Name: "vitrine:revision", Value: p.stamp.revision}}
	var refs []string
	for _, c := range parts {
		refs = append(refs, c.BOMRef)
	}
	bom := cdx.NewBOM()
	// Of the binary's own bytes, so that the same binary has the same bill.
	bom.SerialNumber = uuid.NewSHA1(uuid.NameSpaceURL, sum[:]).URN()
	bom.Metadata = &cdx.Metadata{Timestamp: p.stamp.time.Format(time.RFC3339), Component: &main}
	bom.Components = &parts
	bom.Dependencies = &[]cdx.Dependency{{Ref: main.BOMRef, Dependencies: &refs}}
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	defer f.Close()
	encoder := cdx.NewBOMEncoder(f, cdx.BOMFileFormatJSON)
	encoder.SetPretty(true)
	if err := encoder.EncodeVersion(bom, cdx.SpecVersion1_6); err != nil {
		return err
	}
	return f.Close()
}
