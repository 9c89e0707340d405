import Testing

@testable import UserSync

@Suite struct LoadStepTests {
    private func step(_ state: LoadState, wanted: Bool = true) -> LoadStep {
        LoadStep(state, isWanted: wanted, fingerprint: "now")
    }

    private func state(_ phase: LoadState.Phase, _ change: (inout LoadState) -> Void = { _ in }) -> LoadState {
        var state = LoadState(phase: phase, generation: 3, columns: "now", deltaLink: "delta")
        change(&state)
        return state
    }

    @Test func `goes through a load and then tracks changes`() {
        #expect(step(LoadState()) == .begin(reason: "first load"))
        #expect(step(state(.loading)) == .load(link: nil))
        #expect(step(state(.loading) { $0.nextLink = "next" }) == .load(link: "next"))
        #expect(step(state(.sweeping)) == .sweep)
        #expect(step(state(.tracking)) == .track(link: "delta"))
        #expect(step(state(.tracking) { $0.nextLink = "next" }) == .track(link: "next"))
    }

    @Test func `begins anew for other columns, a missing link, or when asked`() {
        for phase in [LoadState.Phase.loading, .sweeping, .tracking] {
            #expect(step(state(phase) { $0.columns = "then" }) == .begin(reason: "other columns or another region"))
            #expect(step(state(phase) { $0.resyncWanted = true }) == .begin(reason: "asked for"))
        }
        #expect(step(state(.tracking) { $0.deltaLink = nil }) == .begin(reason: "no link for changes"))
    }

    @Test func `a table that is not wanted any more goes`() {
        #expect(step(LoadState(), wanted: false) == .rest)
        #expect(step(state(.off), wanted: false) == .rest)
        #expect(step(state(.tracking), wanted: false) == .leave)
        #expect(step(state(.loading), wanted: false) == .leave)
        #expect(step(state(.sweeping) { $0.columns = "" }, wanted: false) == .sweep)
        #expect(step(state(.off)) == .begin(reason: "first load"))
    }
}
