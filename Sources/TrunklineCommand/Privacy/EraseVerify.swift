import ArgumentParser
import Foundation
import Operations
import Privacy
import Runtime

struct EraseVerify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Verify a receipt's signature; the exit code is 1 when it does not hold.",
        discussion: """
            With the hub's privacy key from the programs' configuration, or with --public-key anywhere. With --number it \
            is also compared whose number it is, which takes the privacy key.
            """)

    @Argument(help: "File with the receipt; - is standard input.") var receipt: String
    @Option(
        name: .long, help: ArgumentHelp("The hub's public key, as `trunkline erase public-key` prints it.", valueName: "base64"))
    var publicKey: String?
    @Option(
        name: .long,
        help: ArgumentHelp(
            "Say whether the receipt is for this number, in E.164; -: asked for, or read from standard input.",
            valueName: "number"))
    var number: String?
    @OptionGroup var connection: ConnectionOptions

    func validate() throws {
        guard receipt != "-" || number != "-" else {
            throw ValidationError("only one of receipt and number can be standard input")
        }
    }

    func run() async throws {
        let text = try read()
        let keyring = publicKey == nil || number != nil ? try keyring() : .none
        let verified: ErasureReceipt
        do {
            verified = try ErasureReceipt.verified(text) { try key($0, keyring) }
        } catch let refusal as ErasureReceipt.Refusal {
            throw OperatorError.failed("the receipt is not valid: \(refusal)")
        }
        Terminal.print(
            "valid: erasure \(verified.id) of \(verified.tenant), finished \(verified.finishedAt), signed with key \(verified.keyID)"
        )
        guard let number else { return }
        let digest = keyring.key(verified.keyID)?.digest(of: NumberInput.typed(number), tenant: verified.tenant).hexadecimal
        guard digest == verified.numberDigest else { throw OperatorError.failed("the receipt is for another number") }
        Terminal.print("it is for this number")
    }

    private func key(_ id: String, _ keyring: PrivacyKeyring) throws -> [UInt8] {
        if let publicKey {
            guard let key = Data(base64Encoded: publicKey) else {
                throw OperatorError.usage("--public-key is not written in Base64")
            }
            return Array(key)
        }
        guard let key = keyring.key(id) else {
            throw OperatorError.failed("it was signed with privacy key \(id), which is not among those given")
        }
        return key.publicKey
    }

    private func keyring() throws -> PrivacyKeyring {
        let keyring = try PrivacyKeySource(try connection.programsConfiguration()).keyring()
        guard keyring.current != nil else {
            throw OperatorError.configuration(
                "there is no privacy key: name the configuration with --config, or give --public-key")
        }
        return keyring
    }

    private func read() throws -> [UInt8] {
        if receipt == "-" { return Array(FileHandle.standardInput.readDataToEndOfFile()) }
        guard let data = FileManager.default.contents(atPath: receipt) else {
            throw OperatorError.failed("\(receipt) can't be read")
        }
        return Array(data)
    }
}
