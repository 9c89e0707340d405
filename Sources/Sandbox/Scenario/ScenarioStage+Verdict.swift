import Foundation

extension ScenarioStage {
    /// Compares what stands in Dataverse with what the loaded scenario must come to by now.
    public func verdict() -> Verdict {
        let script = script
        var sidebar: Set<String> = []
        for case .sidebar(let call) in script.changes.lazy.map(\.change) { sidebar.insert(call.id.lowercase) }
        var finder = VerdictFinder(
            prefix: dataverse.configuration.customPrefix, visibleAfter: enreach.visibleAfter, now: clock.now)
        return finder.find(
            expectations: script.expectations, phoneCalls: dataverse.phoneCalls(), sidebar: sidebar, changesLeft: changesLeft)
    }
}
