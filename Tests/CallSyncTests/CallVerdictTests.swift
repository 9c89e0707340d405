import Directory
import Dynamics
import FoundationEssentials
import Jobs
import Model
import Testing

@testable import CallSync

/// Which verdicts tell that Dynamics is up.
@Suite struct CallVerdictTests {
    private let work: CallWork = {
        let facts = CallFacts(
            privacy: .work, direction: .inbound, answered: true, startedAt: Date(), endedAt: nil, talkSeconds: 60, own: .withheld,
            other: .withheld)
        let call = StoredCall(id: UUID(), state: .pending, facts: facts, activityID: UUID(), errorCode: "unavailable")
        return CallWork(
            job: Job(id: 1, kind: "call.write", tenant: 1), call: call,
            action: .create(Owner(systemUserID: nil, name: nil, rule: .none)))
    }()

    private func unchanged() throws -> CallVerdict {
        let row = ODataRow(members: [.init(name: "activityid", value: .string(work.call.activityID.lowercase))])
        return .merged(
            work, ThreeWayMerge(base: [:], theirs: [:], ours: [:]), try #require(StandingPhoneCall(row, Settings().columns)),
            isAdopted: false, isEarlierAttempt: true, owner: Owner(systemUserID: nil, name: nil, rule: .none), party: .notAsked,
            changed: false, now: Date())
    }

    @Test func `a record that stands unchanged is an answer and no write`() throws {
        let verdict = try unchanged()
        #expect(verdict.answered && !verdict.wrote)
    }

    @Test func `so is one that is gone, and a refusal`() {
        for verdict: CallVerdict in [
            .deletedByHuman(work), .withdrawn(work, .withdrawnGone), .failed(work, .permanent(DynamicsFault(status: 400))),
            .failed(work, .versionConflict),
        ] {
            #expect(verdict.answered && !verdict.wrote)
        }
    }

    @Test func `what was not asked, got no answer or was stopped before the service tells nothing`() {
        var lost = DynamicsFault(status: 503)
        lost.isOfRequest = true
        for verdict: CallVerdict in [
            .left(work), .skipped(work, .unanswered), .failed(work, .notTried), .failed(work, .transient(lost)),
            .failed(work, .throttled(retryAfter: nil, DynamicsFault(status: 429))),
            .failed(work, .configuration(DynamicsFault(status: 401))),
        ] {
            #expect(!verdict.answered && !verdict.wrote)
        }
    }
}
