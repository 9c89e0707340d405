/// Trouble on both vendors' sides, at given rates.
struct FaultMix: Sendable {
    struct Fault: Encodable, Sendable {
        let kind: String
        let side: String
        let rate: Double
        var seconds: Double?
        /// How often it strikes at most.
        var times: Int?
    }

    let faults: [Fault]
    let words: String

    private struct Request: Encodable {
        let faults: [Fault]
        let seed: UInt64
    }

    func apply(to door: SandboxDoor, seed: UInt64) async throws {
        try await door.post("/admin/faults", Request(faults: faults, seed: seed))
    }

    static let none = FaultMix(faults: [], words: "none")

    /// An ordinary bad day.
    static let ordinary = FaultMix(
        faults: [
            Fault(kind: "cutAfter", side: "dataverse", rate: 0.02),
            Fault(kind: "cutBefore", side: "dataverse", rate: 0.01),
            Fault(kind: "status503", side: "dataverse", rate: 0.01),
            Fault(kind: "status500", side: "enreach", rate: 0.02),
            Fault(kind: "duplicate", side: "enreach", rate: 0.05),
            Fault(kind: "reorder", side: "enreach", rate: 0.05),
        ],
        words: "answers cut after the commit, refused and failing requests, repeated and shuffled lists")

    /// One request in ten fails, half of them after the work was done.
    static let chaos = FaultMix(
        faults: [
            Fault(kind: "cutAfter", side: "dataverse", rate: 0.05),
            Fault(kind: "cutBefore", side: "dataverse", rate: 0.02),
            Fault(kind: "status502", side: "dataverse", rate: 0.01),
            Fault(kind: "status503", side: "dataverse", rate: 0.01),
            Fault(kind: "truncate", side: "dataverse", rate: 0.01),
            Fault(kind: "status500", side: "enreach", rate: 0.05),
            Fault(kind: "truncate", side: "enreach", rate: 0.05),
        ],
        words: "one request in ten fails, half of them after the commit")

    /// The same, and one call in fifty is shown late. Not for callback requests: which of two is the duplicate depends on their order.
    static let chaosOfCalls = FaultMix(
        faults: chaos.faults + [Fault(kind: "late", side: "enreach", rate: 0.02, seconds: 15)],
        words: chaos.words + "; one call in fifty is shown late")

    /// Seconds after which even what comes late is shown.
    var latest: Double { faults.filter { $0.kind == "late" }.compactMap(\.seconds).max() ?? 0 }
}
