package metrics

import "strconv"

// ContentType is the Content-Type of the text.
const ContentType = "text/plain; version=0.0.4; charset=utf-8"

// Family is one metric: its name, its kind (gauge or counter), what it means, and its samples.
type Family struct {
	Name, Kind, Help string
	Samples          []Sample
}

// Sample is one number of a family. Label is `name="value"`, or empty.
type Sample struct {
	Label string
	Value float64
}

// One returns the samples of a family that has one number.
func One(value float64) []Sample { return []Sample{{Value: value}} }

// Text returns what was counted of requests, and further families, in Prometheus' text format.
func Text(r *Requests, families []Family) []byte {
	t := &text{bytes: make([]byte, 0, 4<<10)}
	r.write(t)
	for _, f := range families {
		t.family(f.Name, f.Kind, f.Help)
		for _, s := range f.Samples {
			labels := ""
			if s.Label != "" {
				labels = "{" + s.Label + "}"
			}
			t.sample(labels, s.Value)
		}
	}
	return t.bytes
}

// text is a text in the making.
type text struct {
	bytes []byte
	name  string // of the family that is being written
}

// family begins a family. Neither name nor help has a character that must be escaped.
func (t *text) family(name, kind, help string) {
	t.name = name
	t.bytes = append(t.bytes, "# HELP "+name+" "+help+"\n# TYPE "+name+" "+kind+"\n"...)
}

func (t *text) sample(labels string, value float64) { t.part("", labels, value) }

// part appends a sample of a family, whose name has an ending.
func (t *text) part(ending, labels string, value float64) {
	t.bytes = append(t.bytes, t.name+ending+labels+" "+number(value)+"\n"...)
}

func number(value float64) string { return strconv.FormatFloat(value, 'g', -1, 64) }
