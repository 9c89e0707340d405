import Dynamics
import FoundationEssentials
import Model
import Testing

@testable import CallSync

@Suite struct LookUpTests {
    @Test(
        "Only what looks like a number is asked for",
        arguments: [
            ("+358501231234", true), ("(09) 123-456/7.8", true), ("4711", true), ("anonymous", false), ("+", false), ("", false),
            ("📞☎️", false), ("12\' or 1 eq 1", false), ("１２３", false), (String(repeating: "4", count: 51), false),
        ])
    func askable(number: String, isAskable: Bool) { #expect(LookUps.isAskable(number) == isAskable) }

    @Test func onlyDynamicsOwnWordSaysThatARecordIsGone() throws {
        let id = UUID()
        func read(_ outcome: DynamicsOutcome) -> Result<StandingPhoneCall?, LookUpFailure> {
            LookUps.standing(OperationResult(outcome: outcome), id, Settings())
        }
        #expect(try read(.missingReference(DynamicsFault(status: 404, code: "0x80040217"))).get()?.id == nil)
        for outcome: DynamicsOutcome in [
            .configuration(DynamicsFault(status: 404)), .configuration(DynamicsFault(status: 404, code: "not_found")), .success,
            .missingReference(
                DynamicsFault(status: 404, code: "0x80040217", missing: .init(entity: "SystemUser", id: UUID().lowercase))),
        ] {
            #expect(throws: LookUpFailure.self) { try read(outcome).get() }
        }
    }
}
