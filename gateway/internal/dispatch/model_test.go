package dispatch

import (
	"encoding/binary"
	"fmt"
	"io"
	"math/rand"
	"net"
	"slices"
	"strconv"
	"syscall"
	"time"

	"runtimekit/gateway/internal/cgroup"
	"runtimekit/gateway/internal/envelope"
	"runtimekit/gateway/internal/frames"
	"runtimekit/gateway/internal/http1"
	"runtimekit/gateway/internal/limits"
)

// model is everything around one dispatcher (see schedules_test.go). Nothing in it runs by itself.
type model struct {
	d       *Dispatcher
	random  *rand.Rand
	time    time.Time
	timers  []*modelTimer
	late    []*modelTimer  // timers that have fired and can no longer be stopped, but have not acted yet
	workers []*modelWorker // that the operating system still knows
	clients []*modelClient
	steps   int
	history []string

	files  int
	tidy   bool // nothing fails, no client goes away, nothing times out
	limit  int64
	weight int64 // a worker's memory
	each   int64 // tasks of a worker that is no fork
	modes  int   // which file is of which mode
}

type modelClient struct {
	request  *request
	outcomes []event
	gone     bool
	begun    bool // a worker that begins at once has it
}

type modelWorker struct {
	*worker
	inbox   []*request // requests that it has not answered
	started map[*request]bool
	ended   bool // its connection has ended
	err     error
	loading bool
}

const gatewayTasks = 13

func (m *model) tasks() cgroup.Tasks {
	used := int64(gatewayTasks)
	for _, w := range m.workers {
		used += m.taken(w.worker).tasks
	}
	return cgroup.Tasks{Used: used, Limit: m.limit}
}

func (m *model) memory() cgroup.Memory {
	used := int64(0)
	for _, w := range m.workers {
		used += m.taken(w.worker).memory
	}
	return cgroup.Memory{Used: used, Limit: m.limit}
}

func (m *model) needed(w *worker) usage { return m.taken(w) }

func (m *model) taken(w *worker) usage {
	if w.template != nil {
		return usage{tasks: 1}
	}
	return usage{m.each, m.weight}
}

func newModel(seed int64) *model {
	m := &model{random: rand.New(rand.NewSource(seed)), time: time.Unix(1e9, 0)}
	m.files = 1 + m.random.Intn(2*MaxFiles)
	m.tidy = m.random.Intn(3) == 0
	m.each, m.modes = 1, m.random.Intn(4)
	if m.random.Intn(2) == 0 {
		m.limit, m.each, m.weight = 128, int64(1+m.random.Intn(40)), int64(1+m.random.Intn(40))
	}
	m.d = emptyDispatcher("0", 15*time.Second)
	m.d.answers, m.d.clock, m.d.resources, m.d.begin = limits.NewBudget(limits.AnswerBudget), m, m, m.begin
	m.d.mu.Lock()
	defer m.d.mu.Unlock()
	m.d.addWorker(m.d.pool(m.d.mainFile))
	return m
}

// discard is a connection that takes everything.
type discard struct{ net.Conn }

func (discard) Write(b []byte) (int, error) { return len(b), nil }

// begin starts a worker. The dispatcher calls it under its lock.
func (m *model) begin(w *worker) {
	w.conn = &workerConn{stream: discard{}}
	m.workers = append(m.workers, &modelWorker{worker: w, started: map[*request]bool{}, loading: true})
	m.note("begin %s", w.pool.file)
	known := false // what a worker takes
	for other := range m.d.workers {
		known = known || other != w && other.needed.tasks > 0 && other.template == nil
	}
	if used := m.tasks().Used; known && m.limit > 0 && w.template == nil && !w.pool.main && used > m.limit {
		panic(fmt.Sprintf("%d tasks where %d are allowed", used, m.limit))
	}
}

func (m *model) note(format string, arguments ...any) {
	m.history = append(m.history, fmt.Sprintf(format, arguments...))
}

// step chooses one of the things that can happen next and does it. It reports whether there was one.
func (m *model) step(more bool) bool {
	var can []func()
	if more {
		can = append(can, m.submit, m.submit)
	}
	for _, c := range m.clients {
		if len(c.request.events) > 0 {
			can = append(can, func() { m.deliver(c) })
		} else if more && !m.tidy && len(c.outcomes) == 0 && !c.gone && m.random.Intn(20) == 0 {
			can = append(can, func() { m.reset(c) })
		}
	}
	for _, w := range m.workers {
		can = append(can, m.choices(w, more)...)
	}
	if len(m.late) > 0 {
		can = append(can, m.act)
	}
	if len(m.timers) > 0 && (len(can) == 0 || (!m.tidy && m.random.Intn(20) == 0)) {
		if m.tidy && m.waiting() > 0 {
			panic(fmt.Sprintf("%d wait for nothing but time", m.waiting()))
		}
		can = append(can[:0], m.tick)
	}
	if len(can) == 0 {
		return false
	}
	can[m.random.Intn(len(can))]()
	return true
}

func (m *model) waiting() int {
	n := 0
	for _, c := range m.clients {
		if len(c.outcomes) == 0 {
			n++
		}
	}
	return n
}

func (m *model) submit() {
	file := fmt.Sprint(m.random.Intn(m.files))
	timeout := time.Duration(1+m.random.Intn(3000)) * time.Millisecond
	message := frames.Request{Envelope: &envelope.Envelope{}}
	task := Task{File: file, Message: message, Timeout: timeout, Body: &http1.Body{}}
	if m.random.Intn(2) == 0 {
		task.Since = m.time
	}
	r, err := m.d.submit(task)
	if err != nil {
		panic(err)
	}
	m.note("submit %d to %s", r.turn, file)
	m.clients = append(m.clients, &modelClient{request: r})
}

// deliver does what the goroutine of a request does with one event.
func (m *model) deliver(c *modelClient) {
	outcome := <-c.request.events
	if outcome.worker == nil {
		m.note("answer %d", c.request.turn)
		c.outcomes = append(c.outcomes, outcome)
		return
	}
	m.note("write %d", c.request.turn)
	for _, w := range m.workers {
		if w.worker == outcome.worker && !w.ended {
			m.write(c, w)
			return
		}
	}
	outcome.worker.sent(c.request, neverTaken, syscall.EPIPE)
}

// write gives a request to a worker that still reads.
func (m *model) write(c *modelClient, w *modelWorker) {
	if c.begun {
		panic(fmt.Sprintf("request %d, which a worker has begun, was moved", c.request.turn))
	}
	w.inbox = append(w.inbox, c.request)
	c.begun = w.atOnce && c.request.worker == w.worker && c.request.phase == phaseHanded
	switch m.random.Intn(3) {
	case 0: // a large one
		w.sent(c.request, 0, nil)
	case 1:
		place, err := w.conn.writeRequest(c.request.id, frames.Request{Envelope: &envelope.Envelope{}}, false)
		w.sent(c.request, place, err)
	default: // another goroutine writes it, after sent
		w.sent(c.request, w.conn.add([]byte("request")), nil)
		_ = w.conn.flush()
	}
}

// choices returns what a worker may do next.
func (m *model) choices(w *modelWorker, more bool) []func() {
	fault := !m.tidy && m.random.Intn(30) == 0
	switch {
	case w.ended:
		return []func(){func() { m.settle(w) }}
	case w.process.killed || fault && more:
		return []func(){func() { m.disconnect(w, fault) }}
	case w.loading && w.template != nil && w.template.state == stateEnded:
		return []func(){func() { m.disconnect(w, true) }}
	case w.loading:
		return []func(){func() { m.ready(w) }}
	case len(w.inbox) > 0:
		return []func(){func() { m.answer(w) }}
	}
	return nil
}

func (m *model) ready(w *modelWorker) {
	m.note("ready %s", w.pool.file)
	w.loading = false
	file, _ := strconv.Atoi(w.pool.file)
	mode := []frames.Mode{frames.ModeSerial, frames.ModeShared, frames.ModeTemplate, frames.ModeShared}[(file+m.modes)%4]
	if w.template != nil {
		mode = frames.ModeSerial
	}
	body := binary.BigEndian.AppendUint32([]byte{byte(mode)}, 4)
	if (file+m.modes)%4 == 3 {
		body = append(body, frames.BeginsAtOnce)
	}
	if err := w.handle(frames.Header{Kind: frames.KindReady}, body); err != nil {
		panic(err)
	}
}

func (m *model) answer(w *modelWorker) {
	i := 0
	if w.mode == frames.ModeShared {
		i = m.random.Intn(len(w.inbox))
	}
	r := w.inbox[i]
	if w.mode == frames.ModeShared && !w.atOnce && !w.started[r] {
		w.started[r] = true
		_ = w.handle(frames.Header{Kind: frames.KindStarted, ID: r.id}, nil)
		return
	}
	m.note("done %d", r.turn)
	w.inbox = slices.Delete(w.inbox, i, i+1)
	if known := w.beginAnswer(r.id); known != nil && known != r {
		panic("the answer to another request")
	} else {
		w.settleAnswer(known, event{answer: Answer{Status: 200}})
	}
}

func (m *model) disconnect(w *modelWorker, fault bool) {
	m.note("disconnect %s", w.pool.file)
	w.ended, w.err = true, io.EOF
	if fault && m.random.Intn(2) == 0 {
		w.err = syscall.ECONNRESET
	}
	w.disconnected()
}

func (m *model) settle(w *modelWorker) {
	m.note("end %s", w.pool.file)
	m.workers = slices.DeleteFunc(m.workers, func(other *modelWorker) bool { return other == w })
	w.sending.Wait()
	w.worker.ended(w.err, &workerExit{what: "it ended"})
}

func (m *model) reset(c *modelClient) {
	m.note("reset %d", c.request.turn)
	c.gone = true
	waits := c.request.phase == phaseWaiting
	m.d.watched[c.request.turn] = c.request // as if epoll knew it, on time or too late
	m.d.clientGone(c.request.turn)
	delete(m.d.watched, c.request.turn)
	if waits && c.request.phase != phaseDone {
		panic("a client that has gone still waits")
	}
}
