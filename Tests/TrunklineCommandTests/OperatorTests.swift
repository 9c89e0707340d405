import Testing

@testable import TrunklineCommand

@Suite struct OperatorTests {
    @Test func `who became root by sudo is named by it, and nobody else can take a name so`() {
        let environment = ["SUDO_USER": "somebody else"]
        #expect(Operator.name(environment: environment, isRoot: true) == "somebody else")
        #expect(Operator.name(environment: environment, isRoot: false) == Operator.name(environment: [:], isRoot: true))
        #expect(Operator.name(environment: ["SUDO_USER": ""], isRoot: true) != "")
    }
}
