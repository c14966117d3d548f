package dev.tributary;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The walls between packages: they depend downwards, and the mathematics knows no Spark. */
final class ArchitectureTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("dev.tributary");

  /** From the bottom up: a package may use those before it, and none behind it. */
  private static final List<String> LAYERS =
      List.of(
          "tensor", "random", "engine", "nn", "optim", "data", "train", "format", "job", "spark",
          "cli");

  @TestFactory
  List<DynamicTest> packagesDependDownwards() {
    return LAYERS.stream()
        .map(
            layer ->
                DynamicTest.dynamicTest(
                    layer,
                    () ->
                        noClasses()
                            .that()
                            .resideInAPackage("dev.tributary." + layer + "..")
                            .should()
                            .dependOnClassesThat()
                            .resideInAnyPackage(above(layer))
                            .allowEmptyShould(layer.equals("cli"))
                            .check(CLASSES)))
        .toList();
  }

  private static String[] above(String layer) {
    String[] above =
        LAYERS.subList(LAYERS.indexOf(layer) + 1, LAYERS.size()).stream()
            .map(l -> "dev.tributary." + l + "..")
            .toArray(String[]::new);
    return above.length == 0 ? new String[] {"nothing.is.above"} : above;
  }

  @Test
  void everyPackageHasItsPlace() {
    String[] places = LAYERS.stream().map(l -> "dev.tributary." + l + "..").toArray(String[]::new);
    classes()
        .that()
        .resideOutsideOfPackage("dev.tributary")
        .should()
        .resideInAnyPackage(places)
        .check(CLASSES);
  }

  @Test
  void packagesHaveNoCycles() {
    slices().matching("dev.tributary.(*)..").should().beFreeOfCycles().check(CLASSES);
  }

  @Test
  void onlySparkAndTheCommandLineKnowSpark() {
    noClasses()
        .that(not(resideInAnyPackage("dev.tributary.spark..", "dev.tributary.cli..")))
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.apache.spark..", "scala..")
        .check(CLASSES);
  }

  @Test
  void onlyFilesOnDiskKnowHadoop() {
    noClasses()
        .that(
            not(
                resideInAnyPackage(
                    "dev.tributary.format..", "dev.tributary.spark..", "dev.tributary.cli..")))
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.apache.hadoop..")
        .check(CLASSES);
  }

  @Test
  void onlyTensorAndTheEngineKnowNumericalLibraries() {
    noClasses()
        .that(not(resideInAnyPackage("dev.tributary.tensor..", "dev.tributary.engine.jvm..")))
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("breeze..", "dev.ludovic..", "org.jtransforms..", "pl.edu.icm..")
        .check(CLASSES);
  }

  @Test
  void optimizersNeedTheJdkAlone() {
    classes()
        .that()
        .resideInAPackage("dev.tributary.optim..")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage("dev.tributary.optim..", "java..", "org.jspecify..")
        .check(CLASSES);
  }

  @Test
  void onlyAssemblyWiresLayersAndEngines() {
    noClasses()
        .that(
            not(resideInAnyPackage("dev.tributary.engine.jvm..", "dev.tributary.engine.onednn..")))
        .and()
        .doNotHaveSimpleName("Assembly")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("dev.tributary.engine.jvm..", "dev.tributary.engine.onednn..")
        .check(CLASSES);
  }

  @Test
  void onlyItsEngineKnowsNativeCode() {
    noClasses()
        .that(not(resideInAnyPackage("dev.tributary.engine.onednn..")))
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.bytedeco..", "com.sun.jna..")
        .check(CLASSES);
    noClasses()
        .that()
        .resideInAPackage("dev.tributary.engine.onednn..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("dev.tributary.engine.jvm..")
        .check(CLASSES);
  }

  /** It is hundreds of times slower than the others: nothing trains or predicts with it. */
  @Test
  void onlyGradientChecksUseThePlainEngine() {
    noClasses()
        .that(not(resideInAnyPackage("dev.tributary.engine.plain..", "dev.tributary.nn")))
        .should()
        .dependOnClassesThat()
        .resideInAPackage("dev.tributary.engine.plain..")
        .check(CLASSES);
  }
}
