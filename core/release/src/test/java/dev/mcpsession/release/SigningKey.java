package dev.mcpsession.release;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Date;
import org.bouncycastle.bcpg.ArmoredOutputStream;
import org.bouncycastle.bcpg.HashAlgorithmTags;
import org.bouncycastle.bcpg.PublicKeyAlgorithmTags;
import org.bouncycastle.bcpg.PublicKeyPacket;
import org.bouncycastle.crypto.generators.RSAKeyPairGenerator;
import org.bouncycastle.crypto.params.RSAKeyGenerationParameters;
import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.PGPKeyRingGenerator;
import org.bouncycastle.openpgp.PGPSecretKeyRing;
import org.bouncycastle.openpgp.PGPSignature;
import org.bouncycastle.openpgp.PGPSignatureList;
import org.bouncycastle.openpgp.PGPUtil;
import org.bouncycastle.openpgp.bc.BcPGPObjectFactory;
import org.bouncycastle.openpgp.operator.bc.BcPGPContentSignerBuilder;
import org.bouncycastle.openpgp.operator.bc.BcPGPContentVerifierBuilderProvider;
import org.bouncycastle.openpgp.operator.bc.BcPGPDigestCalculatorProvider;
import org.bouncycastle.openpgp.operator.bc.BcPGPKeyPair;

/// A key that signs one dry run, and is stored nowhere.
///
/// @param ring with the secret key, which is not encrypted
record SigningKey(PGPSecretKeyRing ring) {

    static SigningKey generate() throws PGPException {
        var generator = new RSAKeyPairGenerator();
        generator.init(new RSAKeyGenerationParameters(BigInteger.valueOf(0x10001), new SecureRandom(), 3072, 100));
        var pair = new BcPGPKeyPair(PublicKeyPacket.VERSION_4, PublicKeyAlgorithmTags.RSA_GENERAL, generator.generateKeyPair(), new Date());
        var checksums = new BcPGPDigestCalculatorProvider().get(HashAlgorithmTags.SHA1);
        return new SigningKey(new PGPKeyRingGenerator(PGPSignature.POSITIVE_CERTIFICATION, pair, "dry run <dry.run@localhost>", checksums,
                null, null, new BcPGPContentSignerBuilder(PublicKeyAlgorithmTags.RSA_GENERAL, HashAlgorithmTags.SHA512), null)
                .generateSecretKeyRing());
    }

    /// The secret key as Maven takes it from the environment.
    String armored() throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var armor = ArmoredOutputStream.builder().build(bytes)) {
            ring.encode(armor);
        }
        return bytes.toString();
    }

    /// Returns whether a signature is of this key and these bytes.
    boolean hasSigned(Path file, Path signature) throws IOException, PGPException {
        var packets = new BcPGPObjectFactory(PGPUtil.getDecoderStream(new ByteArrayInputStream(Files.readAllBytes(signature))));
        var found = ((PGPSignatureList) packets.nextObject()).get(0);
        found.init(new BcPGPContentVerifierBuilderProvider(), ring.getPublicKey());
        found.update(Files.readAllBytes(file));
        return found.verify();
    }
}
