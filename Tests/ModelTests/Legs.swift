import FoundationEssentials

@testable import Model

/// Calls of the tests: 2026-03-02, 10:00 UTC, Ann's work number and a customer.
let ten = Date(timeIntervalSince1970: 1_772_445_600)
let ann = UUID(uuidString: "00000000-0000-4000-8000-00000000000a")!
let bob = UUID(uuidString: "00000000-0000-4000-8000-00000000000b")!
let customer = "+358501231234"
let annsNumber = "+3589310001"
let bobsNumber = "+3589310002"

func leg(
    _ direction: Direction = .inbound, user: UUID? = ann, from: String? = customer, to: String? = annsNumber, at: Double = 0,
    seconds: Int? = 60, ring: Int? = 5, answered: Bool = true, privacy: Privacy = .work, source: CallLeg.Source = .user,
    queue: String? = nil, recordings: [UUID] = [], modified: Double = 100, hasTime: Bool = true
) -> CallLeg {
    CallLeg(
        source: source, direction: direction, privacy: privacy, answered: answered, from: from, to: to,
        startedAt: hasTime ? ten.addingTimeInterval(at) : nil, seconds: seconds, ringSeconds: ring, userID: user,
        userName: user == ann ? "ann@example.com" : user == bob ? "bob@example.com" : nil, queueName: queue,
        recordingIDs: recordings,
        modifiedAt: ten.addingTimeInterval(modified))
}

func facts(_ legs: CallLeg...) -> CallFacts { CallFacts(folding: CallLeg.merge(known: [], received: legs)) }
