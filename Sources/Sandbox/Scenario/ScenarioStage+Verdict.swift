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
            expectations: script.expectations, phoneCalls: phoneCalls(ofCallbacks: false), sidebar: sidebar,
            changesLeft: changesLeft)
    }

    /// The same for callback requests.
    public func callbackVerdict() -> CallbackVerdict {
        enreach.expireCallbacks()
        var queues: [String: String] = [:]
        for item in dataverse.rows("queueitems") where item["statecode"].integer == 0 {
            if let object = item["objectid"].string?.lowercased() { queues[object] = item["queueid"].string?.lowercased() }
        }
        var finder = CallbackVerdictFinder(
            prefix: dataverse.configuration.customPrefix, visibleAfter: enreach.visibleAfter, now: clock.now,
            applicationUser: dataverse.configuration.applications.first?.userID?.lowercased())
        return finder.find(
            expectations: callbackExpectations, phoneCalls: phoneCalls(ofCallbacks: true), queues: queues,
            states: Dictionary(enreach.callbacks.map { ($0.id, $0) }, uniquingKeysWith: { $1 }))
    }

    func phoneCalls(ofCallbacks: Bool) -> [DataverseRow] {
        dataverse.phoneCalls().filter { ($0[callbackColumn].string ?? "").isEmpty != ofCallbacks }
    }

    var callbackColumn: String { dataverse.configuration.customPrefix + "callbackid" }
}
